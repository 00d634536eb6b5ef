package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.Authority;
import dev.longshore.shared.tls.TlsFileCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where Elasticsearch is and how to speak to it: the connection part of the section
/// `elasticsearch`.
///
/// @param urls at least one; requests go round them and pass over those that fail
/// @param username for basic authentication, together with `password`
/// @param password for basic authentication
/// @param passwordFile a file with the password, in its place
/// @param apiKey the encoded form, as Elasticsearch shows it; excludes `username`
/// @param apiKeyFile a file with the key, in its place
/// @param caFile PEM file with the authorities to trust instead of the JVM's own
/// @param certFile PEM file with the certificate to show to servers that ask for one
/// @param keyFile PEM file with its private key; with `certFile` only
/// @param compression whether bulk bodies go as gzip: about a tenth of the bytes, for CPU time
/// @param requestTimeout the longest silence of a server that has a request
public record ElasticConfig(
    List<URI> urls,
    @Nullable String username,
    @Nullable String password,
    @Nullable Path passwordFile,
    @Nullable String apiKey,
    @Nullable Path apiKeyFile,
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    boolean compression,
    Duration requestTimeout) {

  /// Elasticsearch's own port on this machine.
  public static final URI DEFAULT_URL = URI.create("http://localhost:9200");

  /// A bulk request of a few MiB takes well below a second; a server under heavy merging was seen
  /// to need tens of seconds, and giving up early puts the whole request in doubt.
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

  public ElasticConfig {
    urls = List.copyOf(urls);
    List<String> problems = new ArrayList<>();
    if (urls.isEmpty()) {
      problems.add("elasticsearch.urls is empty; give at least one, for example " + DEFAULT_URL);
    }
    for (URI url : urls) {
      problem(url, problems);
    }
    if (password != null && passwordFile != null) {
      problems.add("elasticsearch.password and elasticsearch.passwordFile exclude each other");
    }
    if (apiKey != null && apiKeyFile != null) {
      problems.add("elasticsearch.apiKey and elasticsearch.apiKeyFile exclude each other");
    }
    if ((username == null) != (password == null && passwordFile == null)) {
      problems.add("elasticsearch.username and elasticsearch.password go together; one is missing");
    }
    if (username != null && (apiKey != null || apiKeyFile != null)) {
      problems.add("elasticsearch.username and elasticsearch.apiKey exclude each other");
    }
    if (username != null && username.indexOf(':') >= 0) {
      problems.add("elasticsearch.username holds a colon, which basic authentication can't carry");
    }
    if ((certFile == null) != (keyFile == null)) {
      problems.add("elasticsearch.certFile and elasticsearch.keyFile go together; one is missing");
    }
    if (requestTimeout.compareTo(SHORTEST_TIMEOUT) < 0
        || requestTimeout.compareTo(LONGEST_TIMEOUT) > 0) {
      problems.add(
          "elasticsearch.requestTimeout is "
              + requestTimeout
              + "; between 100ms and 1h is accepted");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// With credentials from the configuration alone.
  public ElasticConfig(
      List<URI> urls,
      @Nullable String username,
      @Nullable String password,
      @Nullable String apiKey,
      @Nullable Path caFile,
      boolean compression,
      Duration requestTimeout) {
    this(
        urls,
        username,
        password,
        null,
        apiKey,
        null,
        caFile,
        null,
        null,
        compression,
        requestTimeout);
  }

  /// The same, once files that it names could be read.
  ///
  /// @throws IllegalArgumentException when one can't be used, with its key and the reason
  public ElasticConfig readable() {
    String ignored = new ElasticCredentials(this).authorization();
    return this;
  }

  /// What is wrong with the certificates and the key; a text each, with the configuration's key,
  /// the file and the reason. None when all is well.
  public List<String> tlsProblems(Clock clock) {
    return TlsFileCheck.problems("elasticsearch.", caFile, certFile, keyFile, clock);
  }

  /// One server on this machine, without credentials.
  public static ElasticConfig defaults() {
    return of(DEFAULT_URL);
  }

  /// Servers without credentials, all else by default.
  public static ElasticConfig of(URI... urls) {
    return new ElasticConfig(List.of(urls), null, null, null, null, false, DEFAULT_REQUEST_TIMEOUT);
  }

  private static void problem(URI url, List<String> problems) {
    String scheme = url.getScheme();
    Authority authority = Authority.of(url);
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      problems.add("elasticsearch.urls: " + shown(url) + " is neither http:// nor https://");
    } else if (authority == null) {
      problems.add("elasticsearch.urls: " + shown(url) + " names no host");
    } else if (authority.userInfo() != null) {
      problems.add(
          "elasticsearch.urls: credentials do not belong into the URL of "
              + authority.host()
              + "; use elasticsearch.username and elasticsearch.password");
    } else if (url.getRawQuery() != null || url.getRawFragment() != null) {
      problems.add("elasticsearch.urls: " + shown(url) + " has a query or a fragment");
    }
  }

  private static String shown(URI url) {
    Authority authority = Authority.of(url);
    return authority == null || authority.userInfo() == null
        ? url.toString()
        : url.getScheme() + "://(hidden)";
  }

  /// Everything but the secrets.
  @Override
  public String toString() {
    return "ElasticConfig[urls="
        + urls
        + ", username="
        + username
        + ", password="
        + (password == null ? "null" : "(hidden)")
        + ", passwordFile="
        + passwordFile
        + ", apiKey="
        + (apiKey == null ? "null" : "(hidden)")
        + ", apiKeyFile="
        + apiKeyFile
        + ", caFile="
        + caFile
        + ", certFile="
        + certFile
        + ", keyFile="
        + keyFile
        + ", compression="
        + compression
        + ", requestTimeout="
        + requestTimeout
        + "]";
  }
}
