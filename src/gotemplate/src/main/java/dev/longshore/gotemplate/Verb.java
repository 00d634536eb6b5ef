package dev.longshore.gotemplate;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One verb of a format with its flags: `%-10.2f`.
///
/// @param width at least, in characters; -1 when not given
/// @param precision -1 when not given
record Verb(
    int letter,
    boolean plus,
    boolean minus,
    boolean sharp,
    boolean space,
    boolean zero,
    int width,
    int precision) {

  /// `%v`.
  static final Verb V = new Verb('v', false, false, false, false, false, -1, -1);

  /// Deeper values are refused, because printing recurses.
  private static final int MAX_DEPTH = 50;

  void write(@Nullable Object value, Output output) throws TemplateException {
    write(value, output, 0);
  }

  private void write(@Nullable Object given, Output output, int depth) throws TemplateException {
    if (depth > MAX_DEPTH) {
      throw Bounds.exceeded("it prints a value nested deeper than " + MAX_DEPTH + " levels");
    }
    if (letter == 'T') {
      pad(Values.type(given), output);
      return;
    }
    String own = isTextual() && given instanceof TemplateObject object ? object.text() : null;
    Object value = own == null ? Values.plain(given) : own;
    switch (value) {
      case null -> {
        if (letter == 'v') {
          pad("<nil>", output);
        } else {
          bad("<nil>", output);
        }
      }
      case String text -> text(text, value, output);
      case Long number -> number(number, output);
      case Double number -> decimal(number, output);
      case Boolean bool -> {
        if (letter == 'v' || letter == 't') {
          pad(bool.toString(), output);
        } else {
          bad("bool=" + bool, output);
        }
      }
      case Duration duration -> {
        if (isTextual()) {
          text(GoTime.text(duration), value, output);
        } else {
          number(GoTime.nanos(duration), output);
        }
      }
      case Instant _, ZonedDateTime _ -> text(GoTime.text(value), value, output);
      case List<?> list -> {
        output.append('[');
        for (int i = 0; i < list.size(); i++) {
          output.append(i > 0 ? " " : "");
          write(list.get(i), output, depth + 1);
        }
        output.append(']');
      }
      case Map<?, ?> map -> {
        output.append("map[");
        String separator = "";
        for (String key : Values.keys(map)) {
          output.append(separator);
          write(key, output, depth + 1);
          output.append(':');
          write(Values.get(map, key), output, depth + 1);
          separator = " ";
        }
        output.append(']');
      }
      case TemplateObject object when object.json() instanceof Map<?, ?> fields -> {
        String separator = "{";
        for (Object field : fields.values()) {
          output.append(separator);
          write(field, output, depth + 1);
          separator = " ";
        }
        output.append('}');
      }
      default -> text(value.toString(), value, output);
    }
  }

  private boolean isTextual() {
    return "vsqxX".indexOf(letter) >= 0;
  }

  private void text(String text, Object value, Output output) throws TemplateException {
    String cut = text;
    if (precision >= 0 && text.codePointCount(0, text.length()) > precision) {
      cut = text.substring(0, text.offsetByCodePoints(0, precision));
    }
    switch (letter) {
      case 'v' -> pad(sharp ? Quote.quote(cut) : cut, output);
      case 's' -> pad(cut, output);
      case 'q' ->
          pad(
              sharp && cut.indexOf('`') < 0 && cut.indexOf('\n') < 0
                  ? "`" + cut + "`"
                  : Quote.quote(cut, '"', plus),
              output);
      case 'x', 'X' -> pad(hexadecimal(text), output);
      default -> bad(Values.type(value) + "=" + text, output);
    }
  }

  private String hexadecimal(String text) {
    byte[] bytes = Values.bytes(text);
    int count = precision >= 0 ? Math.min(precision, bytes.length) : bytes.length;
    String format = letter == 'x' ? "%02x" : "%02X";
    StringBuilder hex = new StringBuilder(sharp && count > 0 ? "0" + (char) letter : "");
    for (int i = 0; i < count; i++) {
      if (space && i > 0) {
        hex.append(' ').append(sharp ? "0" + (char) letter : "");
      }
      hex.append(format.formatted(bytes[i]));
    }
    return hex.toString();
  }

  private void number(long number, Output output) throws TemplateException {
    switch (letter) {
      case 'v', 'd' -> digits(number, 10, "", output);
      case 'b' -> digits(number, 2, sharp ? "0b" : "", output);
      case 'o' -> digits(number, 8, sharp ? "0" : "", output);
      case 'O' -> digits(number, 8, "0o", output);
      case 'x' -> digits(number, 16, sharp ? "0x" : "", output);
      case 'X' -> digits(number, 16, sharp ? "0X" : "", output);
      case 'c' -> pad(character(number), output);
      case 'q' -> pad(Quote.quote(character(number), '\'', plus), output);
      case 'U' -> pad(unicode(number), output);
      default -> bad("int=" + number, output);
    }
  }

  private static String character(long number) {
    boolean valid = number >= 0 && number <= Character.MAX_CODE_POINT;
    return Character.toString(valid ? (int) number : 0xfffd);
  }

  private String unicode(long number) {
    return sharp ? Quote.unicode((int) number) : "U+%04X".formatted(number);
  }

  private void digits(long number, int radix, String prefix, Output output)
      throws TemplateException {
    String digits = Long.toString(number, radix).replace("-", "");
    String sign = number < 0 ? "-" : plus && letter != 'v' ? "+" : space ? " " : "";
    if (letter == 'X') {
      digits = digits.toUpperCase(java.util.Locale.ROOT);
    }
    if (precision == 0 && number == 0) {
      pad("", output);
      return;
    }
    int least = precision;
    if (precision < 0 && zero && !minus && width > 0) {
      least = width - sign.length();
    }
    Output text = new Output().append(sign).append(prefix);
    for (int i = digits.length(); i < least; i++) {
      text.append('0');
    }
    pad(text.append(digits).toString(), output);
  }

  private void decimal(double number, Output output) throws TemplateException {
    if ("vbgGxXfFeE".indexOf(letter) < 0) {
      bad("float64=" + Floats.shortest(number), output);
      return;
    }
    String text = Floats.format(number, letter, precision, sharp && letter != 'v');
    String sign = "";
    if (text.startsWith("-") || text.startsWith("+")) {
      sign = text.substring(0, 1);
      text = text.substring(1);
    }
    sign = sign.equals("-") ? sign : plus && letter != 'v' ? "+" : "";
    sign = sign.isEmpty() && space ? " " : sign;
    boolean finite = !Double.isNaN(number) && !Double.isInfinite(number);
    if (Double.isInfinite(number) && sign.isEmpty()) {
      sign = "+";
    }
    if (zero && !minus && finite && width > sign.length() + text.length()) {
      Output padded = new Output().append(sign);
      for (int i = sign.length() + text.length(); i < width; i++) {
        padded.append('0');
      }
      output.append(padded.append(text).toString());
      return;
    }
    pad(sign + text, output);
  }

  /// `%!d(string=checkout)`: the verb does not suit the value.
  private void bad(String what, Output output) throws TemplateException {
    output.append("%!").append(Character.toString(letter)).append("(").append(what).append(")");
  }

  private void pad(String text, Output output) throws TemplateException {
    int missing = width - text.codePointCount(0, text.length());
    if (minus) {
      output.append(text);
    }
    for (int i = 0; i < missing; i++) {
      output.append(zero && !minus ? '0' : ' ');
    }
    if (!minus) {
      output.append(text);
    }
  }
}
