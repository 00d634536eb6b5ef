"""Runs a program on this machine, as ansible.builtin.command does, but from the process that Ansible has for the task anyway.

The module of Ansible is a Python of its own for each call, which compiles itself anew: 0.2 s of CPU for each of the eighty
programs of a run. Here nothing runs on another machine, and all that is needed of a call is its arguments and its standard input.
"""
import subprocess

from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """`argv`: the program and its arguments. `stdin`: text for its standard input; none is an empty one. A call is skipped in a
    check, but where the task says `check_mode: false`. The result is that of ansible.builtin.command."""

    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        _, given = self.validate_argument_spec(
            argument_spec={
                "argv": {"type": "list", "elements": "str", "required": True},
                "stdin": {"type": "str"},
            }
        )
        if self._task.check_mode:
            return {**result, "skipped": True, "rc": 0, "msg": "not run in a check", **_output(b"", b"")}
        return {**result, "cmd": given["argv"], **_run(given["argv"], given["stdin"])}


def _run(argv, stdin):
    given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": to_bytes(stdin + "\n")}
    try:
        ended = subprocess.run(argv, capture_output=True, check=False, **given)
    except OSError as e:
        return {"failed": True, "changed": False, "rc": e.errno, "msg": str(e), **_output(b"", b"")}
    return {
        "failed": ended.returncode != 0,
        "changed": True,
        "rc": ended.returncode,
        "msg": "non-zero return code" if ended.returncode else "",
        **_output(ended.stdout, ended.stderr),
    }


def _output(stdout, stderr):
    texts = {"stdout": to_text(stdout).rstrip("\r\n"), "stderr": to_text(stderr).rstrip("\r\n")}
    return {**texts, **{name + "_lines": text.splitlines() for name, text in texts.items()}}
