package dev.longshore.gotemplate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Floating point numbers as Go's `strconv.FormatFloat` writes them.
final class Floats {

  /// The exponent from which on the shortest form is written with one.
  private static final int SHORTEST_EXPONENT = 6;

  private Floats() {}

  /// As `%v` writes it.
  static String shortest(double number) {
    return format(number, 'v', -1, false);
  }

  /// @param verb one of `eEfFgGvbxX`
  /// @param precision -1 for the verb's own: the fewest digits for `g` and `v`, six for others
  /// @param sharp whether `g` keeps zeros at the end
  static String format(double number, int verb, int precision, boolean sharp) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    boolean negative = Double.doubleToRawLongBits(number) < 0;
    double magnitude = Math.abs(number);
    String text =
        switch (verb) {
          case 'e', 'E' -> exponential(rounded(magnitude, (precision < 0 ? 6 : precision) + 1));
          case 'f', 'F' -> fixed(magnitude, precision < 0 ? 6 : precision);
          case 'x', 'X' -> hexadecimal(magnitude);
          case 'b' -> binary(magnitude);
          default -> general(magnitude, precision, sharp);
        };
    if (verb == 'E' || verb == 'G' || verb == 'X') {
      text = text.toUpperCase(Locale.ROOT);
    }
    return negative ? "-" + text : text;
  }

  /// Digits without zeros at the ends, and where the point is: `0.digits × 10^exponent`.
  private record Decimal(String digits, int exponent) {
    static Decimal of(BigDecimal value) {
      if (value.signum() == 0) {
        return new Decimal("", 0);
      }
      BigDecimal stripped = value.stripTrailingZeros();
      String digits = stripped.unscaledValue().toString();
      return new Decimal(digits, digits.length() - stripped.scale());
    }

    /// The digits with zeros up to a number of them.
    String padded(int count) {
      return digits + "0".repeat(Math.max(0, count - digits.length()));
    }
  }

  /// A number rounded to some digits, exactly, half to even.
  private record Rounded(Decimal decimal, int digits) {}

  private static Rounded rounded(double number, int digits) {
    BigDecimal exact = new BigDecimal(number);
    BigDecimal cut = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    return new Rounded(Decimal.of(cut), digits);
  }

  /// The fewest digits that read back as the same number.
  private static Decimal fewest(double number) {
    String text = Double.toString(number);
    Decimal decimal = Decimal.of(new BigDecimal(text));
    if (decimal.digits.length() == 2) {
      // Java writes two digits where one would do.
      BigDecimal one = new BigDecimal(number).round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (one.doubleValue() == number) {
        return Decimal.of(one);
      }
    }
    return decimal;
  }

  private static String general(double number, int precision, boolean sharp) {
    int digits = precision == 0 ? 1 : precision;
    Decimal decimal = digits < 0 ? fewest(number) : rounded(number, digits).decimal;
    int threshold = digits < 0 ? SHORTEST_EXPONENT : digits;
    if (digits > decimal.digits.length() && decimal.digits.length() >= decimal.exponent) {
      threshold = decimal.digits.length();
    }
    int exponent = decimal.exponent - 1;
    boolean exponential = exponent < -4 || exponent >= threshold;
    int shown = sharp ? Math.max(digits < 0 ? 6 : digits, decimal.digits.length()) : 0;
    if (exponential) {
      return exponential(
          new Rounded(decimal, Math.max(shown, Math.max(1, decimal.digits.length()))));
    }
    return plain(decimal, Math.max(shown - Math.max(decimal.exponent, 0), fraction(decimal)));
  }

  private static int fraction(Decimal decimal) {
    return Math.max(0, decimal.digits.length() - decimal.exponent);
  }

  private static String exponential(Rounded number) {
    String digits = number.decimal.padded(number.digits);
    int exponent = number.decimal.digits.isEmpty() ? 0 : number.decimal.exponent - 1;
    String mantissa = digits.length() > 1 ? digits.charAt(0) + "." + digits.substring(1) : digits;
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + twoDigits(Math.abs(exponent));
  }

  private static String twoDigits(int exponent) {
    return exponent < 10 ? "0" + exponent : Integer.toString(exponent);
  }

  private static String fixed(double number, int fraction) {
    return new BigDecimal(number).setScale(fraction, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String plain(Decimal decimal, int fraction) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.max(1, decimal.exponent) + fraction; i++) {
      int digit = decimal.exponent <= 0 ? i - 1 + decimal.exponent : i;
      if (i == Math.max(1, decimal.exponent)) {
        text.append('.');
      }
      boolean known = digit >= 0 && digit < decimal.digits.length();
      text.append(known ? decimal.digits.charAt(digit) : '0');
    }
    return text.toString();
  }

  private static String hexadecimal(double number) {
    if (number == 0) {
      return "0x0p+00";
    }
    String text = Double.toHexString(Math.scalb(number, -Math.getExponent(number)));
    String mantissa = text.substring(0, text.indexOf('p')).replace(".0", "");
    int exponent = Math.getExponent(number);
    return mantissa + "p" + (exponent < 0 ? "-" : "+") + twoDigits(Math.abs(exponent));
  }

  private static String binary(double number) {
    long bits = Double.doubleToRawLongBits(number);
    long mantissa = bits & ((1L << 52) - 1);
    int exponent = (int) (bits >> 52) & 0x7ff;
    if (exponent == 0) {
      exponent++;
    } else {
      mantissa |= 1L << 52;
    }
    exponent -= 1075;
    return mantissa + "p" + (exponent < 0 ? "" : "+") + exponent;
  }
}
