package dev.longshore.shared.ops;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Writes one answer into a connection: as a whole with its length where it fits into the buffer,
/// else in chunks; to a client of HTTP/1.0 as it is, ended by the connection's end.
final class ReplyOutput extends OutputStream {
  private static final int BUFFER_BYTES = 8 << 10;

  /// For browsers: an answer is what it says it is, is shown in nobody else's page, and its
  /// address, which may hold labels, is told to no other site.
  private static final Map<String, String> SAFETY =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Content-Security-Policy", "frame-ancestors 'none'",
          "Referrer-Policy", "same-origin");

  private final OutputStream connection;
  private final OpsReply reply;
  private final boolean head;
  private final boolean http11;
  private final boolean keepAlive;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int length;
  private boolean committed;
  private boolean unknownLength;
  private boolean ended;

  /// @param head whether only the head is sent, and the body's length where it is short
  ReplyOutput(
      OutputStream connection, OpsReply reply, boolean head, boolean http11, boolean keepAlive) {
    this.connection = connection;
    this.reply = reply;
    this.head = head;
    this.http11 = http11;
    this.keepAlive = keepAlive;
  }

  /// Whether something was sent, so that no other answer can be.
  boolean isCommitted() {
    return committed;
  }

  /// Whether the connection can take another request after this answer.
  boolean isReusable() {
    return ended && keepAlive && (http11 || !unknownLength);
  }

  @Override
  public void write(int one) throws IOException {
    if (length == buffer.length) {
      spill();
    }
    buffer[length++] = (byte) one;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int from = offset;
    int left = count;
    while (left > 0) {
      if (length == buffer.length) {
        spill();
      }
      int now = Math.min(left, buffer.length - length);
      System.arraycopy(bytes, from, buffer, length, now);
      length += now;
      from += now;
      left -= now;
    }
  }

  private void spill() throws IOException {
    if (!committed) {
      commit(-1);
    }
    if (!head) {
      if (http11) {
        connection.write(ascii(Integer.toHexString(length) + "\r\n"));
      }
      connection.write(buffer, 0, length);
      if (http11) {
        connection.write(ascii("\r\n"));
      }
    }
    length = 0;
  }

  /// Sends the rest and the end.
  void end() throws IOException {
    if (!committed) {
      commit(length);
      if (!head) {
        connection.write(buffer, 0, length);
      }
    } else {
      if (length > 0) {
        spill();
      }
      if (http11 && !head) {
        connection.write(ascii("0\r\n\r\n"));
      }
    }
    ended = true;
    connection.flush();
  }

  private void commit(int contentLength) throws IOException {
    unknownLength = contentLength < 0;
    committed = true;
    boolean stays = keepAlive && (http11 || !unknownLength);
    StringBuilder text =
        new StringBuilder("HTTP/1.1 ")
            .append(reply.status())
            .append(' ')
            .append(phrase(reply.status()))
            .append("\r\nContent-Type: ")
            .append(reply.contentType())
            .append("\r\nCache-Control: no-store\r\n");
    for (Map.Entry<String, String> header : SAFETY.entrySet()) {
      if (!reply.headers().containsKey(header.getKey())) {
        text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
      }
    }
    for (Map.Entry<String, String> header : reply.headers().entrySet()) {
      text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (!unknownLength) {
      text.append("Content-Length: ").append(contentLength).append("\r\n");
    } else if (http11) {
      text.append("Transfer-Encoding: chunked\r\n");
    }
    if (!stays) {
      text.append("Connection: close\r\n");
    } else if (!http11) {
      text.append("Connection: keep-alive\r\n");
    }
    connection.write(ascii(text.append("\r\n").toString()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> status < 400 ? "OK" : "Error";
    };
  }
}
