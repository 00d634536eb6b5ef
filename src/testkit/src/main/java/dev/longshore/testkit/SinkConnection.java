package dev.longshore.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// One connection of a [BulkSink]: reads requests (RFC 9112: `Content-Length` and chunked bodies),
/// one after the other, and writes the answers. Owned by the loop's thread.
final class SinkConnection {
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  private enum Part {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private final BulkSink sink;
  private final SinkLoop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private ByteBuffer out = ByteBuffer.allocate(0);
  private boolean closeWhenWritten;

  private Part part = Part.HEAD;
  private String requestLine = "";
  private boolean gzip;
  private boolean keep;
  private boolean lastRequest;
  private long lastBytes;
  private long rest;
  private long bodyBytes;
  private long lineFeeds;

  SinkConnection(BulkSink sink, SinkLoop loop, SocketChannel channel, SelectionKey key) {
    this.sink = sink;
    this.loop = loop;
    this.channel = channel;
    this.key = key;
  }

  /// Takes bytes from the wire.
  void received(byte[] bytes, int count) throws IOException {
    int at = 0;
    while (at < count && key.isValid()) {
      switch (part) {
        case BODY, CHUNK -> {
          int taken = (int) Math.min(rest, count - at);
          body(bytes, at, taken);
          at += taken;
          rest -= taken;
          bodyPartEnded();
        }
        case HEAD -> {
          append(bytes[at++]);
          if (ends(4)) {
            head(line.toString(StandardCharsets.ISO_8859_1));
            line.reset();
          } else if (line.size() > MAX_HEAD_BYTES) {
            throw new IOException("a request head of more than " + MAX_HEAD_BYTES + " bytes");
          }
        }
        case CHUNK_SIZE, CHUNK_END, TRAILER -> {
          append(bytes[at++]);
          if (ends(2)) {
            String text = line.toString(StandardCharsets.ISO_8859_1).strip();
            line.reset();
            chunkLine(text);
          }
        }
      }
    }
  }

  /// Whether the last bytes are the four (or two) that end a head (or a line).
  private boolean ends(int bytes) {
    return (lastBytes & (bytes == 4 ? 0xffffffffL : 0xffffL))
        == (bytes == 4 ? 0x0d0a0d0aL : 0x0d0aL);
  }

  private void append(byte b) {
    line.write(b);
    lastBytes = (lastBytes << 8) | (b & 0xff);
  }

  private void head(String head) throws IOException {
    String[] lines = head.split("\r\n", -1);
    requestLine = lines[0];
    gzip = false;
    lastRequest = false;
    bodyBytes = 0;
    lineFeeds = 0;
    content.reset();
    rest = 0;
    boolean chunked = false;
    for (int i = 1; i < lines.length; i++) {
      String header = lines[i].toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        rest = Long.parseLong(header.substring(15).strip());
      } else if (header.startsWith("transfer-encoding:")) {
        chunked = header.contains("chunked");
      } else if (header.startsWith("content-encoding:")) {
        gzip = header.contains("gzip");
      } else if (header.startsWith("connection:")) {
        lastRequest = header.contains("close");
      }
    }
    keep = gzip || sink.keepsContent();
    part = chunked ? Part.CHUNK_SIZE : Part.BODY;
    if (!chunked && rest == 0) {
      part = Part.HEAD;
      requestEnded();
    }
  }

  private void body(byte[] bytes, int from, int count) {
    bodyBytes += count;
    if (keep) {
      content.write(bytes, from, count);
    } else {
      lineFeeds += LineFeeds.count(bytes, from, count);
    }
  }

  private void bodyPartEnded() throws IOException {
    if (rest > 0) {
      return;
    }
    if (part == Part.CHUNK) {
      part = Part.CHUNK_END;
    } else {
      part = Part.HEAD;
      requestEnded();
    }
  }

  private void chunkLine(String text) throws IOException {
    switch (part) {
      case CHUNK_END -> part = Part.CHUNK_SIZE;
      case TRAILER -> {
        if (text.isEmpty()) {
          part = Part.HEAD;
          requestEnded();
        }
      }
      default -> {
        int extension = text.indexOf(';');
        rest = Long.parseLong(extension < 0 ? text : text.substring(0, extension), 16);
        part = rest == 0 ? Part.TRAILER : Part.CHUNK;
      }
    }
  }

  private void requestEnded() throws IOException {
    byte[] body = content.toByteArray();
    if (gzip && body.length > 0) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    if (keep) {
      lineFeeds = LineFeeds.count(body, 0, body.length);
    }
    SinkReplies.Reply reply =
        SinkReplies.to(sink, requestLine, body, bodyBytes, (int) (lineFeeds / 2));
    if (reply.delay().isZero()) {
      send(reply);
    } else {
      loop.later(
          reply.delay(),
          key,
          () -> {
            try {
              send(reply);
            } catch (IOException e) {
              SinkLoop.shut(key);
            }
          });
    }
  }

  private void send(SinkReplies.Reply reply) throws IOException {
    switch (reply.end()) {
      case KEEP -> {
        ByteBuffer old = out;
        ByteBuffer whole = ByteBuffer.allocate(old.remaining() + reply.bytes().length);
        whole.put(old).put(reply.bytes()).flip();
        out = whole;
        closeWhenWritten |= lastRequest;
        flush();
      }
      case RESET -> {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        SinkLoop.shut(key);
      }
      case CLOSE -> SinkLoop.shut(key);
    }
  }

  /// Writes what the peer takes.
  void flush() throws IOException {
    channel.write(out);
    if (out.hasRemaining()) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } else if (closeWhenWritten) {
      SinkLoop.shut(key);
    } else {
      key.interestOps(SelectionKey.OP_READ);
    }
  }
}
