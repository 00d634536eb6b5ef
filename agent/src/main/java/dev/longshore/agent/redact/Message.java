package dev.longshore.agent.redact;

/// The message that is searched: a view of bytes, and whether they are one JSON object. Reused.
///
/// In a JSON object a match never holds a quote that ends a string and never begins inside an
/// escape, so that what is left is JSON.
final class Message {
  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private boolean json;

  // How far strings were looked for, so that each byte is looked at once.
  private int looked;
  private boolean inside;

  void of(byte[] text, int start, int end) {
    bytes = text;
    from = start;
    to = end;
    looked = start;
    inside = false;
    int first = start;
    int last = end - 1;
    while (first < last && isBlank(text[first])) {
      first++;
    }
    while (last > first && isBlank(text[last])) {
      last--;
    }
    json = first < last && text[first] == '{' && text[last] == '}';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /// Whether it looks like a JSON object.
  boolean isJson() {
    return json;
  }

  /// Whether a place of a JSON object is between the quotes of a string.
  boolean isInString(int at) {
    if (at < looked) {
      looked = from;
      inside = false;
    }
    while (looked < at) {
      if (bytes[looked] == '\\') {
        looked++;
      } else if (bytes[looked] == '"') {
        inside = !inside;
      }
      looked++;
    }
    return inside;
  }
}
