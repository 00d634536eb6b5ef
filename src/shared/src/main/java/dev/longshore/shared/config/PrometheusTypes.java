package dev.longshore.shared.config;

import dev.longshore.shared.net.Authority;
import dev.longshore.shared.units.PrometheusDurations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/// How Prometheus and Alertmanager write values.
public final class PrometheusTypes {

  /// `1h30m`, `2w`; not negative.
  public static final Type<Duration> DURATION =
      new Type<>(
          "a duration",
          "whole numbers with units, largest first",
          "30s, 1h30m or 2w",
          PrometheusDurations::parse,
          PrometheusDurations::format);

  /// The same, but more than nothing.
  public static final Type<Duration> POSITIVE_DURATION =
      new Type<>(
          "a duration above zero",
          "whole numbers with units, largest first, above zero",
          "30s, 1h30m or 2w",
          PrometheusTypes::positive,
          PrometheusDurations::format);

  /// Any http or https URL, also with a query or a user.
  public static final Type<String> URL =
      new Type<>(
          "a URL",
          "http or https, and a host",
          "https://hooks.example.com/x",
          PrometheusTypes::url,
          it -> it);

  private PrometheusTypes() {}

  private static Duration positive(String text) {
    Duration duration = PrometheusDurations.parse(text);
    if (duration.isZero()) {
      throw new IllegalArgumentException("is zero");
    }
    return duration;
  }

  private static String url(String text) {
    try {
      URI uri = new URI(text.strip());
      String scheme = uri.getScheme();
      if (("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
          && Authority.of(uri) != null) {
        return text.strip();
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL", e);
    }
    throw new IllegalArgumentException("not a URL");
  }
}
