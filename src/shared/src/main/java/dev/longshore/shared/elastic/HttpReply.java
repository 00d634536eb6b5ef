package dev.longshore.shared.elastic;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An HTTP answer, whole.
///
/// @param status HTTP status
/// @param product header `X-Elastic-Product`
/// @param retryAfter header `Retry-After`
/// @param location header `Location`
/// @param body decompressed; empty when there was none
record HttpReply(
    int status,
    @Nullable String product,
    @Nullable String retryAfter,
    @Nullable String location,
    byte[] body) {
  private static final int EXCERPT_CHARACTERS = 120;

  HttpReply(int status, byte[] body) {
    this(status, null, null, null, body);
  }

  /// What to do about a redirect, for the end of an error message; empty when it is none. Of the
  /// query, which login pages fill with tokens, nothing is shown.
  String redirect() {
    if (status < 300 || status >= 400 || location == null) {
      return "";
    }
    String target = clean(location.split("[?#]", 2)[0]);
    return ", a redirect to "
        + (target.isEmpty() ? "nowhere" : target)
        + "; redirects are not followed: write into elasticsearch.urls where Elasticsearch itself"
        + " answers";
  }

  /// The beginning of the body for an error message: at most 120 characters, one line, nothing that
  /// a terminal would obey.
  String excerpt() {
    String shown =
        clean(new String(body, 0, Math.min(body.length, 4 * 1024), StandardCharsets.UTF_8).strip());
    return shown.isEmpty() ? "an empty body" : "'" + shown + "'";
  }

  private static String clean(String text) {
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
    return shown.toString();
  }

  private static boolean printable(char c) {
    return !Character.isISOControl(c)
        && Character.getType(c) != Character.FORMAT
        && !Character.isSurrogate(c)
        && c != '\uFFFD';
  }
}
