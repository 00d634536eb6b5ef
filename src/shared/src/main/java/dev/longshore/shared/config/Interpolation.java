package dev.longshore.shared.config;

import java.util.Map;

/// Puts environment variables into text: `${NAME}`, `${NAME:default}`; `$${` stands for `${`.
///
/// A variable that is set but empty is empty; the default is for one that is not set. A default
/// ends at the first `}` and is taken as it is.
///
/// An IPv6 address that becomes the host of a URL, as in `https://${POD_IP}:9093`, is put into
/// brackets: variables of Kubernetes hold addresses without them.
final class Interpolation {
  private Interpolation() {}

  /// What the text becomes.
  ///
  /// @throws IllegalArgumentException with a message for people when a variable is missing or the
  ///   text is malformed; it never holds a variable's content
  static String apply(String text, Map<String, String> env) {
    int at = text.indexOf("${");
    if (at < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int done = 0;
    while (at >= 0) {
      if (at > done && text.charAt(at - 1) == '$') {
        result.append(text, done, at - 1).append("${");
        done = at + 2;
      } else {
        int end = text.indexOf('}', at);
        if (end < 0) {
          throw new IllegalArgumentException(
              "${ without its }; write ${NAME} or ${NAME:default}, or $${ for the characters ${");
        }
        String value = valueOf(text.substring(at + 2, end), env);
        result.append(text, done, at);
        done = end + 1;
        boolean isHost =
            endsWith(result, "://")
                && (done == text.length() || "/:".indexOf(text.charAt(done)) >= 0);
        result.append(isHost && isIpv6(value) ? "[" + value + "]" : value);
      }
      at = text.indexOf("${", done);
    }
    return result.append(text, done, text.length()).toString();
  }

  private static String valueOf(String reference, Map<String, String> env) {
    int colon = reference.indexOf(':');
    String name = colon < 0 ? reference : reference.substring(0, colon);
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' can't be an environment variable; write ${NAME} or ${NAME:default},"
              + " or $${ for the characters ${");
    }
    String value = env.get(name);
    if (value != null) {
      return value;
    }
    if (colon < 0) {
      throw new IllegalArgumentException(
          "the environment variable "
              + name
              + " is not set; set it, or write ${"
              + name
              + ":default}");
    }
    return reference.substring(colon + 1);
  }

  private static boolean endsWith(StringBuilder text, String end) {
    return text.length() >= end.length()
        && text.substring(text.length() - end.length()).equals(end);
  }

  /// Whether it can be nothing else: a host and its port have one colon.
  private static boolean isIpv6(String value) {
    return value.indexOf(':') != value.lastIndexOf(':')
        && value.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
  }

  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
