package dev.longshore.alerting.api;

import com.google.re2j.Pattern;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The parameters of a request.
final class Query {
  private record Parameter(String name, String value) {}

  private final List<Parameter> parameters = new ArrayList<>();

  /// @param raw percent-encoded, without the question mark
  Query(String raw) throws ApiException {
    for (String pair : raw.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      try {
        parameters.add(
            new Parameter(
                decoded(equals < 0 ? pair : pair.substring(0, equals)),
                equals < 0 ? "" : decoded(pair.substring(equals + 1))));
      } catch (IllegalArgumentException e) {
        throw new ApiException(400, "the query is not percent-encoded: " + e.getMessage());
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /// The first value; null when there is none, or it is empty, as Alertmanager takes it.
  @Nullable String text(String name) {
    return parameters.stream()
        .filter(it -> it.name.equals(name))
        .map(Parameter::value)
        .findFirst()
        .filter(it -> !it.isEmpty())
        .orElse(null);
  }

  /// All values, in order.
  List<String> texts(String name) {
    return parameters.stream().filter(it -> it.name.equals(name)).map(Parameter::value).toList();
  }

  boolean flag(String name, boolean standard) throws ApiException {
    String value = text(name);
    return switch (value == null ? null : value.toLowerCase(Locale.ROOT)) {
      case null -> standard;
      case "true", "1", "t", "yes", "y", "on" -> true;
      case "false", "0", "f", "no", "n", "off" -> false;
      default -> throw new ApiException(400, name + " is '" + value + "'; write true or false");
    };
  }

  /// The matchers of all `filter` parameters; all must match.
  List<Matcher> filter() throws ApiException {
    return matchers("filter");
  }

  /// The matchers of all parameters with a name.
  List<Matcher> matchers(String name) throws ApiException {
    List<Matcher> matchers = new ArrayList<>();
    for (String text : texts(name)) {
      try {
        matchers.addAll(Matchers.parse(text));
      } catch (IllegalArgumentException e) {
        throw new ApiException(400, name + ": " + e.getMessage());
      }
    }
    return matchers;
  }

  /// What a receiver's whole name must match; null for any.
  @Nullable Pattern receiver() throws ApiException {
    String expression = text("receiver");
    if (expression == null) {
      return null;
    }
    try {
      return Matcher.compiled(expression, 0);
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "receiver: " + e.getMessage());
    }
  }
}
