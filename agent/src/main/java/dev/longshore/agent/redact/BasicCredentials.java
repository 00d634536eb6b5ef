package dev.longshore.agent.redact;

/// Tells credentials of HTTP's scheme Basic (RFC 7617) from words: base64 of text with a colon.
final class BasicCredentials {
  private static final int MIN_BYTES = 4;

  /// Whether `[from, to)` is base64 of `user:password`.
  boolean is(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && bytes[end - 1] == '=') {
      end--;
    }
    if (end - from < MIN_BYTES) {
      return false;
    }
    boolean colon = false;
    int bits = 0;
    int held = 0;
    for (int i = from; i < end; i++) {
      int digit = digit(bytes[i]);
      if (digit < 0) {
        return false;
      }
      bits = ((bits << 6) | digit) & 0xffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        int octet = (bits >> held) & 0xff;
        if (octet < 0x20 || octet == 0x7f) {
          return false;
        }
        colon |= octet == ':';
      }
    }
    return colon;
  }

  private static int digit(byte b) {
    if (b >= 'A' && b <= 'Z') {
      return b - 'A';
    }
    if (b >= 'a' && b <= 'z') {
      return b - 'a' + 26;
    }
    if (b >= '0' && b <= '9') {
      return b - '0' + 52;
    }
    return b == '+' || b == '-' ? 62 : b == '/' || b == '_' ? 63 : -1;
  }
}
