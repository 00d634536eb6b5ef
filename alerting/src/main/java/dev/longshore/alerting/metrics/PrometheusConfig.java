package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.net.Authority;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A source, as one element of `prometheus` describes it.
///
/// @param name what alerts, metrics and messages call it
/// @param url of the server, with the prefix of its path if it has one
/// @param externalUrl where people reach it; links in alerts begin with it
/// @param headers sent with each query, such as `X-Scope-OrgID`
/// @param externalLabels of every alert that is evaluated here, where it has none of that name
/// @param timeout of a query, from sending it to the last byte of its answer
/// @param concurrency queries at a time
/// @param groups patterns of the rule groups that are evaluated here; none for the groups that no
///   other source takes. `*` is any text
public record PrometheusConfig(
    String name,
    URI url,
    URI externalUrl,
    Credentials credentials,
    TlsFiles tls,
    Map<String, String> headers,
    Labels externalLabels,
    Duration timeout,
    int concurrency,
    List<String> groups) {

  /// A rule that needs longer delays its group; Prometheus itself allows two minutes.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /// A fifth of what Prometheus runs at a time (`--query.max-concurrency` is 20): people's
  /// dashboards come first.
  public static final int DEFAULT_CONCURRENCY = 4;

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);
  private static final int MOST_CONCURRENCY = 64;

  /// Headers that are ours, or the connection's.
  private static final Set<String> TAKEN =
      Set.of("authorization", "content-type", "content-length", "host", "connection", "upgrade");

  /// @throws IllegalArgumentException with everything that is wrong
  public PrometheusConfig {
    headers = Map.copyOf(headers);
    groups = List.copyOf(groups);
    List<String> problems = new ArrayList<>();
    if (name.isBlank()) {
      problems.add("name is blank; give each source a name of its own");
    }
    checkUrl("url", url, problems);
    checkUrl("externalUrl", externalUrl, problems);
    headers.forEach((header, value) -> checkHeader(header, value, problems));
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      problems.add("timeout is " + timeout + "; between 100ms and 5m is accepted");
    }
    if (concurrency < 1 || concurrency > MOST_CONCURRENCY) {
      problems.add(
          "concurrency is " + concurrency + "; between 1 and " + MOST_CONCURRENCY + " is accepted");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// A source with everything else by default.
  public static PrometheusConfig of(String name, URI url) {
    return new PrometheusConfig(
        name,
        url,
        url,
        Credentials.NONE,
        TlsFiles.NONE,
        Map.of(),
        Labels.EMPTY,
        DEFAULT_TIMEOUT,
        DEFAULT_CONCURRENCY,
        List.of());
  }

  private static void checkUrl(String key, URI url, List<String> problems) {
    String scheme = url.getScheme();
    Authority authority = Authority.of(url);
    String shown =
        authority == null || authority.userInfo() == null ? url.toString() : scheme + "://(hidden)";
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      problems.add(key + " " + shown + " is neither http:// nor https://");
    } else if (authority == null) {
      problems.add(key + " " + shown + " names no host");
    } else if (authority.userInfo() != null) {
      problems.add(
          "credentials do not belong into the "
              + key
              + " of "
              + authority.host()
              + "; use username");
    } else if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.add(key + " " + shown + " has a query or a fragment");
    }
  }

  private static void checkHeader(String header, String value, List<String> problems) {
    if (TAKEN.contains(header.toLowerCase(java.util.Locale.ROOT))) {
      problems.add("headers: " + header + " is not for you to set; credentials have keys");
    } else if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      problems.add("headers: '" + header + "' is no name of a header");
    } else if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      problems.add("headers: the value of " + header + " is not printable ASCII");
    }
  }

  /// Everything but the secrets, for which a header's value counts.
  @Override
  public String toString() {
    return "PrometheusConfig[name="
        + name
        + ", url="
        + url
        + ", credentials="
        + credentials
        + ", headers="
        + new TreeMap<>(headers).keySet()
        + ", timeout="
        + timeout
        + ", groups="
        + groups
        + "]";
  }
}
