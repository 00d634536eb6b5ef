package dev.longshore.alerting.config;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Credentials;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.metrics.TlsFiles;
import dev.longshore.shared.config.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An element of `prometheus`.
final class PrometheusKeys {
  /// Stands for a URL that can't be used, which is a problem of its own.
  private static final URI NOWHERE = URI.create("http://localhost:9090");

  private PrometheusKeys() {}

  static PrometheusConfig read(Section section) {
    String name = section.string("name", "prometheus", "What alerts and messages call it.");
    String text =
        section.requiredString("url", "Of the server, with the prefix of its path if it has one.");
    URI url = text.isEmpty() ? NOWHERE : AlertingKeys.url(section, "url", text);
    String external =
        section.optionalString("externalUrl", "Where people reach it; `url` when left out.");
    Credentials credentials = credentials(section);
    TlsFiles tls = tls(section.section("tls", "TLS with it."));
    Map<String, String> headers =
        section.secretTexts("headers", "Sent with each query, such as `X-Scope-OrgID`.");
    Labels externalLabels =
        Labels.of(
            section.texts(
                "externalLabels",
                "Put on every alert that is evaluated here, where it has none of that name."));
    Duration timeout =
        section.duration(
            "timeout",
            PrometheusConfig.DEFAULT_TIMEOUT,
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            "Of a query, to the last byte of its answer.");
    int concurrency =
        section.integer(
            "concurrency", PrometheusConfig.DEFAULT_CONCURRENCY, 1, 64, "Queries at a time.");
    List<String> groups =
        section.strings(
            "groups",
            List.of(),
            "Patterns of the rule groups that are evaluated here (`*` is any text); none for those"
                + " that no other source takes.");
    return section.build(
        () ->
            new PrometheusConfig(
                name,
                url,
                external == null ? url : AlertingKeys.url(section, "externalUrl", external),
                credentials,
                tls,
                headers,
                externalLabels,
                timeout,
                concurrency,
                groups),
        PrometheusConfig.of(name, NOWHERE));
  }

  private static Credentials credentials(Section section) {
    String username = section.optionalString("username", "For basic authentication.");
    @Nullable String password = section.secret("password", "For basic authentication.");
    Path passwordFile =
        section.optionalPath("passwordFile", "A file with the password, read for each query.");
    @Nullable String token = section.secret("bearerToken", "Sent as a bearer token.");
    Path tokenFile =
        section.optionalPath("bearerTokenFile", "A file with the token, read for each query.");
    return section.build(
        () -> new Credentials(username, password, passwordFile, token, tokenFile),
        Credentials.NONE);
  }

  private static TlsFiles tls(Section tls) {
    Path ca = tls.optionalPath("caFile", "PEM file with the authorities to trust.");
    Path certificate = tls.optionalPath("certFile", "PEM file with our certificate.");
    Path key = tls.optionalPath("keyFile", "PEM file with its private key.");
    boolean insecure = tls.bool("insecureSkipVerify", false, "Whether any server is trusted.");
    return tls.build(() -> new TlsFiles(ca, certificate, key, insecure), TlsFiles.NONE);
  }
}
