package dev.longshore.alerting.alert;

/// Text in double quotes as Go's `%q` writes it: Alertmanager's keys of groups are made of it.
final class GoText {
  private static final String ESCAPED = "\"\\\u0007\b\f\n\r\t\u000b";
  private static final String ESCAPES = "\"\\abfnrtv";

  private GoText() {}

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(point -> append(quoted, point));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder out, int point) {
    int escape = ESCAPED.indexOf(point);
    if (escape >= 0) {
      out.append('\\').append(ESCAPES.charAt(escape));
    } else if (isPrinted(point)) {
      out.appendCodePoint(point);
    } else if (point < 0x80) {
      out.append("\\x%02x".formatted(point));
    } else {
      out.append((point > 0xffff ? "\\U%08x" : "\\u%04x").formatted(point));
    }
  }

  private static boolean isPrinted(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}
