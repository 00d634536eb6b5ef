package dev.longshore.gotemplate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Times and durations as Go's `time` writes them, its layouts by example (`2006-01-02 15:04:05`)
/// included.
final class GoTime {

  /// Go's zero time.
  static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  private static final String STANDARD = "2006-01-02 15:04:05.999999999 -0700 MST";
  private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

  /// The abbreviations that the time zone database still has; zones without one have their offset,
  /// such as `-03`, where Java has names of its own.
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          ("ACDT ACST ADT AEDT AEST AKDT AKST AST AWST BST CAT CDT CEST CET CST ChST EAT EDT EEST"
                  + " EET EST GMT HDT HKT HST IDT IST JST KST MDT MEST MET MSK MST NDT NST NZDT NZST"
                  + " PDT PKT PST SAST SST UTC WAT WEST WET WIB WIT WITA")
              .split(" "));

  /// Zones without an abbreviation to which Java gives one of those.
  private static final Set<String> WITHOUT_ABBREVIATION =
      Set.of(
          "Europe/Minsk",
          "Asia/Colombo",
          "Atlantic/Azores",
          "Antarctica/Casey",
          "Antarctica/Troll");

  /// The words of a layout; of two that fit, the longer one counts.
  private static final List<String> WORDS =
      List.of(
          "January",
          "Jan",
          "Monday",
          "Mon",
          "MST",
          "2006",
          "002",
          "__2",
          "01",
          "02",
          "03",
          "04",
          "05",
          "06",
          "_2",
          "15",
          "PM",
          "pm",
          "-07:00:00",
          "-070000",
          "-07:00",
          "-0700",
          "-07",
          "Z07:00:00",
          "Z070000",
          "Z07:00",
          "Z0700",
          "Z07",
          "1",
          "2",
          "3",
          "4",
          "5");

  private GoTime() {}

  /// A time, as an `Instant` or a `ZonedDateTime`, as `%v` writes it.
  static String text(Object time) throws TemplateException {
    ZonedDateTime zoned =
        time instanceof Instant instant ? instant.atZone(ZoneOffset.UTC) : (ZonedDateTime) time;
    return format(zoned, STANDARD);
  }

  static String format(ZonedDateTime time, String layout) throws TemplateException {
    Output out = new Output();
    int i = 0;
    while (i < layout.length()) {
      String fraction = fraction(layout, i);
      if (fraction != null) {
        fraction(time, fraction, out);
        i += fraction.length();
        continue;
      }
      String word = word(layout, i);
      if (word == null) {
        out.append(layout.charAt(i++));
      } else {
        out.append(written(time, word));
        i += word.length();
      }
    }
    return out.toString();
  }

  private static @Nullable String word(String layout, int at) {
    for (String word : WORDS) {
      if (layout.startsWith(word, at)) {
        boolean monthInWord =
            (word.equals("Jan") || word.equals("Mon")) && isLowerCase(layout, at + 3);
        boolean year = word.equals("_2") && layout.startsWith("_2006", at);
        return monthInWord || year ? null : word;
      }
    }
    return null;
  }

  private static boolean isLowerCase(String text, int at) {
    return at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z';
  }

  /// `.000` or `,999`, when that stands there and no digit follows.
  private static @Nullable String fraction(String layout, int at) {
    if (".,".indexOf(layout.charAt(at)) < 0 || at + 1 >= layout.length()) {
      return null;
    }
    char digit = layout.charAt(at + 1);
    int end = at + 1;
    while (end < layout.length() && layout.charAt(end) == digit) {
      end++;
    }
    boolean follows = end < layout.length() && Character.isDigit(layout.charAt(end));
    return (digit == '0' || digit == '9') && !follows ? layout.substring(at, end) : null;
  }

  private static void fraction(ZonedDateTime time, String pattern, Output out)
      throws TemplateException {
    int digits = pattern.length() - 1;
    String nanos = "%09d".formatted(time.getNano());
    String text = digits <= 9 ? nanos.substring(0, digits) : nanos + "0".repeat(digits - 9);
    if (pattern.charAt(1) == '9') {
      text = text.replaceAll("0+$", "");
    }
    if (!text.isEmpty()) {
      out.append(pattern.charAt(0)).append(text);
    }
  }

  private static String written(ZonedDateTime time, String word) {
    int hour = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
    return switch (word) {
      case "January" -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Jan" -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case "01" -> two(time.getMonthValue());
      case "1" -> Integer.toString(time.getMonthValue());
      case "Monday" -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case "Mon" -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case "02" -> two(time.getDayOfMonth());
      case "2" -> Integer.toString(time.getDayOfMonth());
      case "_2" -> "%2d".formatted(time.getDayOfMonth());
      case "002" -> "%03d".formatted(time.getDayOfYear());
      case "__2" -> "%3d".formatted(time.getDayOfYear());
      case "15" -> two(time.getHour());
      case "03" -> two(hour);
      case "3" -> Integer.toString(hour);
      case "04" -> two(time.getMinute());
      case "4" -> Integer.toString(time.getMinute());
      case "05" -> two(time.getSecond());
      case "5" -> Integer.toString(time.getSecond());
      case "2006" -> "%04d".formatted(time.getYear());
      case "06" -> two(Math.floorMod(time.getYear(), 100));
      case "PM" -> time.getHour() < 12 ? "AM" : "PM";
      case "pm" -> time.getHour() < 12 ? "am" : "pm";
      case "MST" -> zone(time);
      default -> offset(time, word);
    };
  }

  private static String zone(ZonedDateTime time) {
    if (time.getZone() instanceof ZoneOffset && time.getOffset().getTotalSeconds() == 0) {
      return "UTC";
    }
    if (!(time.getZone() instanceof ZoneOffset)
        && !WITHOUT_ABBREVIATION.contains(time.getZone().getId())) {
      String name = ZONE.format(time).replace("HAST", "HST").replace("HADT", "HDT");
      if (ABBREVIATIONS.contains(name)) {
        return name;
      }
    }
    return offset(time, time.getOffset().getTotalSeconds() % 3600 == 0 ? "-07" : "-0700");
  }

  /// @param word such as `-07:00`; with `Z` first, UTC is written as `Z`
  private static String offset(ZonedDateTime time, String word) {
    int seconds = time.getOffset().getTotalSeconds();
    if (word.startsWith("Z") && seconds == 0) {
      return "Z";
    }
    String colon = word.contains(":") ? ":" : "";
    int parts = word.replace(":", "").length() / 2;
    int magnitude = Math.abs(seconds);
    StringBuilder text = new StringBuilder(seconds < 0 ? "-" : "+").append(two(magnitude / 3600));
    if (parts > 1) {
      text.append(colon).append(two(magnitude / 60 % 60));
    }
    if (parts > 2) {
      text.append(colon).append(two(magnitude % 60));
    }
    return text.toString();
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  static double seconds(Duration duration) {
    return nanos(duration) / 1e9;
  }

  /// Nanoseconds, at the ends of the range when there are more, as Go's arithmetic of times does.
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /// Go's `AddDate`: a day that a month has not is one of the next month.
  ///
  /// @param by years, months and days
  static ZonedDateTime later(ZonedDateTime time, long[] by) throws TemplateException {
    try {
      long months = Math.addExact(Math.multiplyExact(by[0], 12), by[1]);
      long days = Math.addExact(time.getDayOfMonth() - 1L, by[2]);
      return time.withDayOfMonth(1).plusMonths(months).plusDays(days);
    } catch (ArithmeticException | DateTimeException e) {
      throw new TemplateException("AddDate leaves the years that there are");
    }
  }

  /// A multiple of a unit, counted from the zero time.
  static ZonedDateTime rounded(ZonedDateTime time, Duration unit, boolean nearest) {
    if (unit.isNegative() || unit.isZero()) {
      return time;
    }
    BigInteger second = BigInteger.valueOf(1_000_000_000);
    long nanos =
        BigInteger.valueOf(time.toEpochSecond() - ZERO.getEpochSecond())
            .multiply(second)
            .add(BigInteger.valueOf(time.getNano()))
            .mod(BigInteger.valueOf(nanos(unit)))
            .longValue();
    ZonedDateTime down = time.minusNanos(nanos);
    return nearest && nanos >= nanos(unit) - nanos ? down.plus(unit) : down;
  }

  static Duration rounded(Duration duration, Duration unit, boolean nearest) {
    long nanos = nanos(duration);
    long step = nanos(unit);
    if (step <= 0) {
      return duration;
    }
    long rest = nanos % step;
    long down = nanos - rest;
    boolean away = nearest && Math.abs(rest) >= step - Math.abs(rest);
    return Duration.ofNanos(away ? down + (nanos < 0 ? -step : step) : down);
  }

  /// A duration as Go writes it: `1h2m3.5s`, `250ms`, `0s`.
  static String text(Duration duration) {
    long nanos = nanos(duration);
    String sign = nanos < 0 ? "-" : "";
    // The magnitude of the least number is itself, read as unsigned.
    long magnitude = Math.abs(nanos);
    if (magnitude == 0) {
      return "0s";
    }
    if (Long.compareUnsigned(magnitude, 1_000_000_000L) < 0) {
      if (magnitude < 1_000) {
        return sign + magnitude + "ns";
      }
      return magnitude < 1_000_000
          ? sign + scaled(magnitude, 3) + "µs"
          : sign + scaled(magnitude, 6) + "ms";
    }
    long seconds = Long.divideUnsigned(magnitude, 1_000_000_000L);
    long rest = Long.remainderUnsigned(magnitude, 1_000_000_000L);
    StringBuilder text = new StringBuilder(sign);
    if (seconds >= 3600) {
      text.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    return text.append(scaled(seconds % 60 * 1_000_000_000L + rest, 9)).append('s').toString();
  }

  private static String scaled(long number, int digits) {
    return BigDecimal.valueOf(number, digits).stripTrailingZeros().toPlainString();
  }
}
