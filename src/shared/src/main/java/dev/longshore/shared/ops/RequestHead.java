package dev.longshore.shared.ops;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP/1.0 or HTTP/1.1 request (RFC 9112).
///
/// It takes what people's scripts send: a target with raw quotes, bars, braces or UTF-8, a missing
/// Host, lines that end with LF alone. It refuses what two servers could read in two ways: header
/// lines that are continued, two lengths, a length beside a transfer encoding, two hosts, control
/// characters, and white space of Unicode's around a value, which is a part of it for others.
///
/// @param path percent-decoded
/// @param query as it was sent, without the question mark
/// @param headers by their names in lower case
/// @param http11 whether the client speaks HTTP/1.1
record RequestHead(
    String method, String path, String query, Map<String, String> headers, boolean http11) {
  static final int MAX_BYTES = 16 << 10;
  private static final int MAX_HEADERS = 100;

  /// The host, and what is behind it, which begins with a slash or a question mark.
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i:https?)://([^/?#@\\\\]+)((?:[/?].*)?)");

  /// Headers that say one thing; a proxy before us may believe the first and we the last.
  private static final Set<String> ONCE =
      Set.of("content-length", "transfer-encoding", "host", "authorization", "origin");

  /// A request that is answered with an error, and its connection closed.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /// Where the head ends in what was received: behind its empty line; −1 while it is not complete.
  static int end(byte[] bytes, int from, int length) {
    for (int i = Math.max(from, 1); i < length; i++) {
      if (bytes[i] == '\n'
          && (bytes[i - 1] == '\n' || (i >= 2 && bytes[i - 1] == '\r' && bytes[i - 2] == '\n'))) {
        return i + 1;
      }
    }
    return -1;
  }

  static RequestHead parse(byte[] bytes, int length) throws Refused {
    String[] lines = new String(bytes, 0, length, StandardCharsets.UTF_8).split("\r?\n", -1);
    int first = 0;
    while (first < lines.length && lines[first].isEmpty()) {
      first++;
    }
    if (first == lines.length) {
      throw new Refused(400, "no request line");
    }
    String line = lines[first];
    refuseControls(line, "request line");
    int afterMethod = line.indexOf(' ');
    int beforeVersion = line.lastIndexOf(' ');
    if (afterMethod <= 0 || beforeVersion <= afterMethod) {
      throw new Refused(400, "not an HTTP request");
    }
    String version = line.substring(beforeVersion + 1);
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      throw new Refused(505, "HTTP/1.1 is spoken here");
    }
    Map<String, String> headers = headers(lines, first + 1);
    String target = withoutHost(line.substring(afterMethod + 1, beforeVersion), headers);
    int mark = target.indexOf('?');
    return new RequestHead(
        line.substring(0, afterMethod),
        decoded(mark < 0 ? target : target.substring(0, mark)),
        mark < 0 ? "" : target.substring(mark + 1),
        headers,
        version.equals("HTTP/1.1"));
  }

  /// A proxy sends `http://host/path`; that host counts, whatever `Host` says (RFC 9112, 3.2.2).
  private static String withoutHost(String target, Map<String, String> headers) throws Refused {
    if (target.startsWith("/")) {
      return target;
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    if (!absolute.matches()) {
      throw new Refused(400, "the request's target is not a path");
    }
    headers.put("host", absolute.group(1));
    String path = absolute.group(2);
    return path.startsWith("/") ? path : "/" + path;
  }

  private static String decoded(String path) throws Refused {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refused(400, "the path is not percent-encoded");
    }
  }

  private static Map<String, String> headers(String[] lines, int from) throws Refused {
    Map<String, String> headers = new HashMap<>();
    int count = 0;
    for (int i = from; i < lines.length; i++) {
      String line = lines[i];
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        throw new Refused(400, "not a header line");
      }
      refuseControls(line, "header");
      if (line.substring(0, colon).chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new Refused(400, "white space or no ASCII in a header's name");
      }
      if (++count > MAX_HEADERS) {
        throw new Refused(431, "more than " + MAX_HEADERS + " headers");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = withoutBlanks(line, colon + 1);
      String before = headers.putIfAbsent(name, value);
      if (before != null) {
        if (ONCE.contains(name)) {
          throw new Refused(400, "two headers " + name);
        }
        headers.put(name, before + ", " + value);
      }
    }
    return headers;
  }

  /// The rest of a line without the spaces and tabs around it.
  private static String withoutBlanks(String line, int from) {
    int start = from;
    int end = line.length();
    while (start < end && isBlank(line.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /// A carriage return alone ends a line for some, and NUL a text.
  private static void refuseControls(String line, String what) throws Refused {
    if (line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
      throw new Refused(400, "a control character in the " + what);
    }
  }

  @Nullable String header(String name) {
    return headers.get(name);
  }

  /// The body's length in bytes, 0 where there is none, −1 where it comes in chunks.
  long contentLength() throws Refused {
    String encoding = header("transfer-encoding");
    String length = header("content-length");
    if (encoding != null) {
      if (length != null) {
        throw new Refused(400, "a length beside a transfer encoding");
      }
      if (!http11) {
        throw new Refused(400, "a transfer encoding in HTTP/1.0");
      }
      if (!encoding.equalsIgnoreCase("chunked")) {
        throw new Refused(501, "the transfer encoding is not chunked");
      }
      return -1;
    }
    if (length == null) {
      return 0;
    }
    if (length.isEmpty()
        || length.length() > 18
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new Refused(400, "the length is not a number");
    }
    return Long.parseLong(length);
  }

  /// Whether the client wants the connection to stay.
  boolean keepAlive() {
    String connection = header("connection");
    if (connection == null) {
      return http11;
    }
    String asked = connection.toLowerCase(Locale.ROOT);
    return http11 ? !asked.contains("close") : asked.contains("keep-alive");
  }

  /// Whether the client waits to be told to send its body.
  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(header("expect")) && http11;
  }
}
