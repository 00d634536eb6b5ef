package dev.longshore.gotemplate;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Go's notation of numbers, as constants and as `strconv` reads them.
final class Numbers {
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

  /// Longer texts are no numbers that anybody means.
  private static final int MAX_LENGTH = 1_000;

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern HEXADECIMAL =
      Pattern.compile("[+-]?0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)[pP][+-]?[0-9]+");
  private static final Pattern INFINITE = Pattern.compile("([+-]?)inf(inity)?");

  private Numbers() {}

  /// A number as it is written in a template: a `Long` or a `Double`.
  ///
  /// @throws IllegalArgumentException with Go's words
  static Object constant(String text) {
    if (text.endsWith("i")) {
      throw new IllegalArgumentException("complex numbers are not supported: " + Quote.quote(text));
    }
    BigInteger whole = whole(text);
    if (whole != null) {
      if (whole.compareTo(MAX) > 0 || whole.compareTo(MIN) < 0) {
        throw new IllegalArgumentException("integer overflow: " + Quote.quote(text));
      }
      return whole.longValue();
    }
    String plain = plain(text);
    if (DECIMAL.matcher(plain).matches() || HEXADECIMAL.matcher(plain).matches()) {
      if (!plain.matches(".*[.eEpP].*")) {
        throw new IllegalArgumentException("integer overflow: " + Quote.quote(text));
      }
      double value = Double.parseDouble(plain);
      if (!Double.isInfinite(value)) {
        return value;
      }
    }
    throw new IllegalArgumentException("illegal number syntax: " + Quote.quote(text));
  }

  /// A whole number with an optional prefix of its base, null when it is something else.
  private static @Nullable BigInteger whole(String text) {
    String digits = plain(text).toLowerCase(Locale.ROOT);
    boolean negative = digits.startsWith("-");
    if (negative || digits.startsWith("+")) {
      digits = digits.substring(1);
    }
    int radix = 10;
    if (digits.startsWith("0x")) {
      radix = 16;
    } else if (digits.startsWith("0b")) {
      radix = 2;
    } else if (digits.startsWith("0o") || (digits.startsWith("0") && digits.length() > 1)) {
      radix = 8;
    }
    digits = radix == 10 ? digits : digits.replaceFirst("^0[xbo]?", "");
    if (digits.isEmpty() || digits.length() > MAX_LENGTH) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) > 127 || Character.digit(digits.charAt(i), radix) < 0) {
        return null;
      }
    }
    BigInteger value = new BigInteger(digits, radix);
    return negative ? value.negate() : value;
  }

  private static String plain(String text) {
    return text.replace("_", "");
  }

  /// The number of a character constant such as `'a'`.
  static Object character(String text) {
    String character = text.length() < 3 ? "" : Quote.unquote(text);
    if (character.codePointCount(0, character.length()) != 1) {
      throw new IllegalArgumentException("malformed character constant: " + text);
    }
    return (long) character.codePointAt(0);
  }

  /// As `strconv.ParseFloat` reads it.
  ///
  /// @throws TemplateException with its words
  static double parse(String text) throws TemplateException {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() <= MAX_LENGTH) {
      if (lower.equals("nan")) {
        return Double.NaN;
      }
      var infinite = INFINITE.matcher(lower);
      if (infinite.matches()) {
        return infinite.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      if (DECIMAL.matcher(text).matches() || HEXADECIMAL.matcher(text).matches()) {
        double value = Double.parseDouble(text);
        if (Double.isInfinite(value)) {
          throw new TemplateException(failure(text, "value out of range"));
        }
        return value;
      }
    }
    throw new TemplateException(failure(text, "invalid syntax"));
  }

  private static String failure(String text, String what) {
    String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    return "strconv.ParseFloat: parsing " + Quote.quote(shown) + ": " + what;
  }
}
