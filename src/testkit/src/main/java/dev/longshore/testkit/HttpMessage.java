package dev.longshore.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request or an answer of HTTP/1.1 (RFC 9112), whole: what a [FaultProxy] takes apart and puts
/// together again. Chunked bodies become bodies with a length.
///
/// @param start the request line or the status line
/// @param headers the others, as they came, without those that say how long the body is
/// @param body its bytes; empty when there are none
record HttpMessage(String start, List<String> headers, byte[] body) {
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  HttpMessage {
    headers = List.copyOf(headers);
  }

  /// The head of a message, before its body is read.
  ///
  /// @param contentLength of the body; -1 when it is chunked
  record Head(String start, List<String> headers, long contentLength) {
    String word(int index) {
      String[] words = start.split(" ", 3);
      return index < words.length ? words[index] : "";
    }

    int status() throws IOException {
      try {
        return Integer.parseInt(word(1));
      } catch (NumberFormatException e) {
        throw new IOException("no status line: " + start, e);
      }
    }
  }

  /// Reads up to the body.
  ///
  /// @return null when the connection ends before a first byte
  static @Nullable Head readHead(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int next = in.read();
      if (next < 0) {
        if (bytes.size() == 0) {
          return null;
        }
        throw new EOFException("the connection ended in a head");
      }
      bytes.write(next);
      last = last << 8 | next;
      if (bytes.size() > MAX_HEAD_BYTES) {
        throw new IOException("a head of more than " + MAX_HEAD_BYTES + " bytes");
      }
    }
    String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    List<String> headers = new ArrayList<>();
    long length = 0;
    for (int i = 1; i < lines.length; i++) {
      String lower = lines[i].toLowerCase(Locale.ROOT);
      if (lower.isEmpty()) {
        continue;
      }
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        length = -1;
      } else if (!lower.startsWith("accept-encoding:")) {
        // Without it answers are not compressed, and can be read here.
        headers.add(lines[i]);
      }
    }
    return new Head(lines[0], headers, length);
  }

  /// Reads the body behind a head.
  static HttpMessage read(Head head, InputStream in) throws IOException {
    byte[] body = head.contentLength() < 0 ? chunks(in) : bytes(in, (int) head.contentLength());
    return new HttpMessage(head.start(), head.headers(), body);
  }

  /// Reads the answer to a request.
  static HttpMessage readAnswer(String method, InputStream in) throws IOException {
    Head head = readHead(in);
    if (head == null) {
      throw new EOFException("the connection ended before an answer");
    }
    int status = head.status();
    if (method.equals("HEAD") || status == 204 || status == 304 || status < 200) {
      return new HttpMessage(head.start(), head.headers(), new byte[0]);
    }
    return read(head, in);
  }

  private static byte[] bytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection ended in a body");
    }
    return bytes;
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = line(in);
      int semicolon = line.indexOf(';');
      int length = Integer.parseInt(semicolon < 0 ? line : line.substring(0, semicolon), 16);
      if (length == 0) {
        while (!line(in).isEmpty()) {
          // Trailers say nothing that matters here.
        }
        return body.toByteArray();
      }
      body.writeBytes(bytes(in, length));
      line(in);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended in a chunk");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /// An answer of one's own.
  static HttpMessage answer(int status, Map<String, String> headers, byte[] body) {
    List<String> lines = new ArrayList<>();
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    return new HttpMessage("HTTP/1.1 " + status + " Told", lines, body);
  }

  HttpMessage withBody(byte[] other) {
    return new HttpMessage(start, headers, other);
  }

  /// The message as it goes over the wire.
  byte[] bytes() {
    StringBuilder head = new StringBuilder(start).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] first = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[first.length + body.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    return all;
  }

  void write(OutputStream out) throws IOException {
    out.write(bytes());
    out.flush();
  }

  @Nullable String header(String name) {
    String begin = name.toLowerCase(Locale.ROOT) + ":";
    for (String header : headers) {
      if (header.toLowerCase(Locale.ROOT).startsWith(begin)) {
        return header.substring(begin.length()).strip();
      }
    }
    return null;
  }
}
