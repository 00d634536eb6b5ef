"""runtime.py COMMAND...: runs a program and writes its two streams to standard output as containerd does: a time, the
stream, P for a part of a line and F for its end, and the text."""
import datetime
import os
import selectors
import subprocess
import sys
import time

PART = 16384


def write(stream, tag, text):
    nanos = time.time_ns()
    second = datetime.datetime.fromtimestamp(nanos // 10**9, datetime.timezone.utc)
    head = f"{second:%Y-%m-%dT%H:%M:%S}.{nanos % 10**9:09d}Z {stream} {tag} "
    sys.stdout.buffer.write(head.encode() + text + b"\n")


process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
selector = selectors.DefaultSelector()
left = {}
for name in ("stdout", "stderr"):
    selector.register(getattr(process, name), selectors.EVENT_READ, name)
    left[name] = b""
while selector.get_map():
    for key, _ in selector.select():
        stream, read = key.data, os.read(key.fd, 65536)
        *lines, rest = (left[stream] + read).split(b"\n")
        for line in lines:
            while len(line) > PART:
                write(stream, "P", line[:PART])
                line = line[PART:]
            write(stream, "F", line)
        left[stream] = rest
        if not read:
            if rest:
                write(stream, "P", rest)
            selector.unregister(key.fileobj)
process.wait()
