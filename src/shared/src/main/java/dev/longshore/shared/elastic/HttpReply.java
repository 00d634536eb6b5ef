package dev.longshore.shared.elastic;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An HTTP answer, whole.
///
/// @param status HTTP status
/// @param product header `X-Elastic-Product`
/// @param retryAfter header `Retry-After`
/// @param body decompressed; empty when there was none
record HttpReply(int status, @Nullable String product, @Nullable String retryAfter, byte[] body) {
  private static final int EXCERPT_CHARACTERS = 120;

  /// The beginning of the body for an error message: at most 120 characters, one line, nothing that
  /// a terminal would obey.
  String excerpt() {
    String text =
        new String(body, 0, Math.min(body.length, 4 * 1024), StandardCharsets.UTF_8).strip();
    StringBuilder shown = new StringBuilder(EXCERPT_CHARACTERS);
    boolean space = false;
    for (int i = 0; i < text.length() && shown.length() < EXCERPT_CHARACTERS; i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        space = true;
      } else if (printable(c)) {
        if (space) {
          shown.append(' ');
          space = false;
        }
        shown.append(c);
      }
    }
    return shown.isEmpty() ? "an empty body" : "'" + shown + "'";
  }

  private static boolean printable(char c) {
    return !Character.isISOControl(c)
        && Character.getType(c) != Character.FORMAT
        && !Character.isSurrogate(c)
        && c != '\uFFFD';
  }
}
