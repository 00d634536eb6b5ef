package dev.longshore.gotemplate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Go's quoted texts and characters, in both directions.
final class Quote {
  private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b";
  private static final String ESCAPES = "abfnrtv";
  private static final int BYTE = 256;

  private Quote() {}

  /// Text in double quotes, as `%q` writes it.
  static String quote(String text) {
    return quote(text, '"', false);
  }

  /// @param asciiOnly whether other letters are escaped too, as `%+q` does
  static String quote(String text, char quote, boolean asciiOnly) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
    text.codePoints().forEach(c -> append(quoted, c, quote, asciiOnly));
    return quoted.append(quote).toString();
  }

  private static void append(StringBuilder out, int c, char quote, boolean asciiOnly) {
    int escape = ESCAPED.indexOf(c);
    if (c == quote || c == '\\') {
      out.append('\\').append((char) c);
    } else if (escape >= 0) {
      out.append('\\').append(ESCAPES.charAt(escape));
    } else if (isPrintable(c) && (c < 128 || !asciiOnly)) {
      out.appendCodePoint(c);
    } else if (c < ' ' || c == 127) {
      out.append("\\x%02x".formatted(c));
    } else {
      out.append((c > 0xffff ? "\\U%08x" : "\\u%04x").formatted(c));
    }
  }

  /// Whether Go's `unicode.IsPrint` holds: no control, no unassigned, no space but the ASCII one.
  static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// A character as `%#U` writes it: `U+003D '='`.
  static String unicode(int c) {
    String hex = "U+%04X".formatted(Math.max(c, 0));
    return isPrintable(Math.max(c, 0)) ? hex + " '" + Character.toString(c) + "'" : hex;
  }

  /// What a literal in quotes means.
  ///
  /// @throws IllegalArgumentException when it is not one
  static String unquote(String literal) {
    char quote = literal.charAt(0);
    String inside = literal.substring(1, literal.length() - 1);
    if (quote == '`') {
      return inside.replace("\r", "");
    }
    if (inside.indexOf('\\') < 0) {
      return inside;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < inside.length(); ) {
      int c = inside.codePointAt(i);
      if (c == '\\') {
        i = unescape(inside, i + 1, quote, bytes);
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /// @return where the text goes on
  private static int unescape(String text, int at, char quote, ByteArrayOutputStream bytes) {
    char c = text.charAt(at);
    int escape = ESCAPES.indexOf(c);
    if (escape >= 0) {
      bytes.write(ESCAPED.charAt(escape));
      return at + 1;
    }
    return switch (c) {
      case 'x' -> {
        bytes.write(number(text, at + 1, 2, 16));
        yield at + 3;
      }
      case 'u' -> codePoint(text, at + 1, 4, bytes);
      case 'U' -> codePoint(text, at + 1, 8, bytes);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        int value = number(text, at, 3, 8);
        if (value >= BYTE) {
          throw invalid(text);
        }
        bytes.write(value);
        yield at + 3;
      }
      case '\\' -> {
        bytes.write('\\');
        yield at + 1;
      }
      default -> {
        if (c != quote) {
          throw invalid(text);
        }
        bytes.write(c);
        yield at + 1;
      }
    };
  }

  private static int codePoint(String text, int at, int digits, ByteArrayOutputStream bytes) {
    int value = number(text, at, digits, 16);
    if (!Character.isValidCodePoint(value) || (value >= 0xd800 && value < 0xe000)) {
      throw invalid(text);
    }
    bytes.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
    return at + digits;
  }

  private static int number(String text, int at, int digits, int radix) {
    long value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = i < text.length() ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0 || text.charAt(i) > 127) {
        throw invalid(text);
      }
      value = value * radix + digit;
    }
    return value > Integer.MAX_VALUE ? -1 : (int) value;
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("invalid syntax in \"" + text + "\"");
  }
}
