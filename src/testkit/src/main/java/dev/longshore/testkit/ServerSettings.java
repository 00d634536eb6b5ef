package dev.longshore.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The settings of an Elasticsearch for tests, the same in a container and from the distribution.
final class ServerSettings {
  static final String CERTIFICATE = "server.crt";
  static final String KEY = "server.key";

  /// Enough for what tests index, small enough for a laptop.
  private static final String HEAP = "-Xms512m -Xmx512m";

  private ServerSettings() {}

  /// The environment by which Elasticsearch's scripts give JVM options to the server, and to the
  /// programs that make its key store and start it: each of those takes seconds of its own.
  static Map<String, String> environment() {
    String options = String.join(" ", ProductJava.options());
    return Map.of("ES_JAVA_OPTS", (HEAP + " " + options).strip(), "CLI_JAVA_OPTS", options);
  }

  /// @param certificateFolder as the server sees it, with a slash at its end; null for no security
  static Map<String, String> of(@Nullable String certificateFolder) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("discovery.type", "single-node");
    settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
    settings.put("action.destructive_requires_name", "false");
    if (certificateFolder == null) {
      settings.put("xpack.security.enabled", "false");
    } else {
      settings.put("xpack.security.http.ssl.enabled", "true");
      settings.put("xpack.security.http.ssl.certificate", certificateFolder + CERTIFICATE);
      settings.put("xpack.security.http.ssl.key", certificateFolder + KEY);
    }
    return settings;
  }
}
