package dev.longshore.shared.config;

import dev.longshore.shared.net.Authority;
import dev.longshore.shared.units.DataSize;
import dev.longshore.shared.units.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// How a scalar of the file becomes a value and a value becomes text again.
///
/// @param name what it is, with its article: `a duration`
/// @param accepted the same with its limits: `a duration from 10ms to 1m`
/// @param example how that looks: `500ms or 1h30m`; empty where nobody needs one
/// @param parse throws [IllegalArgumentException] for what is not accepted
/// @param format text that `parse` reads back as an equal value
public record Type<T>(
    String name,
    String accepted,
    String example,
    Function<String, T> parse,
    Function<T, String> format) {

  /// Any text but a blank one.
  public static final Type<String> TEXT =
      new Type<>("text", "text", "", Type::notBlank, text -> text);

  /// Any text, also an empty one.
  public static final Type<String> ANY_TEXT =
      new Type<>("text", "text", "", text -> text, text -> text);

  public static final Type<Boolean> BOOL =
      new Type<>("true or false", "true or false", "", Type::parseBool, Object::toString);

  /// True or false in the words of YAML 1.1 too, as Go's reader takes them in Prometheus' and
  /// Alertmanager's files.
  static final Type<Boolean> BOOL_AS_GO =
      new Type<>("true or false", "true or false", "", Type::parseBoolAsGo, Object::toString);

  public static final Type<Path> PATH =
      new Type<>("a path", "a path", "", text -> Path.of(notBlank(text)), Path::toString);

  /// A server's address: `http` or `https`, a host, maybe a port and a path; nothing else. User and
  /// password have keys of their own.
  public static final Type<URI> URI_OF_SERVER =
      new Type<>(
          "a server's URL",
          "http or https, a host and a port, without user, query and fragment",
          "https://es-1:9200",
          Type::parseUri,
          URI::toString);

  /// A whole number in a range.
  public static Type<Integer> integer(int min, int max) {
    return new Type<>(
        "a whole number",
        "a whole number from " + min + " to " + max,
        "",
        text -> inRange(wholeNumber(text), min, max),
        Object::toString);
  }

  /// A duration in a range.
  public static Type<Duration> duration(Duration min, Duration max) {
    return new Type<>(
        "a duration",
        "a duration from " + Durations.format(min) + " to " + Durations.format(max),
        "500ms, 30s or 1h30m",
        text -> inRange(Durations.parse(text), min, max),
        Durations::format);
  }

  /// A size in a range.
  public static Type<DataSize> dataSize(DataSize min, DataSize max) {
    return new Type<>(
        "a size",
        "a size from " + min + " to " + max,
        "256KiB or 64MB",
        text -> inRange(DataSize.parse(text), min, max),
        DataSize::toString);
  }

  /// One of a few words; case counts.
  public static Type<String> oneOf(List<String> allowed) {
    String words = "one of " + String.join(", ", allowed);
    return new Type<>(words, words, "", text -> inList(text, allowed), text -> text);
  }

  /// The same with what is read made into another value.
  Type<T> map(UnaryOperator<T> change) {
    return new Type<>(name, accepted, example, text -> change.apply(parse.apply(text)), format);
  }

  /// What to do instead: `write a duration from 10ms to 1m, such as 500ms`.
  String advice() {
    return "write " + accepted + (example.isEmpty() ? "" : ", such as " + example);
  }

  private static String inList(String text, List<String> allowed) {
    if (!allowed.contains(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static String notBlank(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("blank");
    }
    return text;
  }

  private static Boolean parseBool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Boolean parseBoolAsGo(String text) {
    return switch (text) {
      case "true", "True", "TRUE", "yes", "Yes", "YES", "y", "Y", "on", "On", "ON" -> true;
      case "false", "False", "FALSE", "no", "No", "NO", "n", "N", "off", "Off", "OFF" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /// YAML 1.2 reads `010` as ten and YAML 1.1 as eight.
  private static Integer wholeNumber(String text) {
    if (text.length() > 1 && text.charAt(0) == '0') {
      throw new OutOfRange("begins with a zero, which some read as octal");
    }
    return Integer.valueOf(text);
  }

  private static <T extends Comparable<T>> T inRange(T value, T min, T max) {
    if (value.compareTo(min) < 0) {
      throw new OutOfRange("is too small");
    }
    if (value.compareTo(max) > 0) {
      throw new OutOfRange("is too large");
    }
    return value;
  }

  /// Well-formed, but beyond a limit.
  static final class OutOfRange extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    OutOfRange(String message) {
      super(message);
    }
  }

  private static URI parseUri(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
    Authority authority = Authority.of(uri);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean sound =
        (scheme.equals("http") || scheme.equals("https"))
            && authority != null
            && authority.port() <= 65_535
            && authority.port() != 0
            && authority.userInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && !path.contains("//")
            && !path.contains("..")
            && !path.contains("%");
    if (!sound) {
      throw new IllegalArgumentException("not the address of a server");
    }
    return path.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : uri;
  }
}
