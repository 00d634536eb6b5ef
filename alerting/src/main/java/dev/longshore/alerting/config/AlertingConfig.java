package dev.longshore.alerting.config;

import dev.longshore.alerting.eval.EvidenceConfig;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.files.SecretFile;
import dev.longshore.shared.files.WatchedFiles;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.WebKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All that alerting is told by its own file.
///
/// @param rules where rules come from
/// @param routing the Alertmanager file; null: alerts are seen by the API alone
/// @param onCall the on-call file; null: nothing is escalated
/// @param prometheus the sources of metric rules
/// @param elasticsearch the source of log rules; null when there is none
/// @param logs how log rules are asked
/// @param kibana where people reach Kibana; null when links to it are not wanted
/// @param runbooks where docs/runbooks is served; null when own alerts have no link to it
/// @param stateDir what is remembered lies there
/// @param postgres what is remembered lies there in place of a folder, for several replicas; null
///   for the folder
/// @param acknowledgementTimeout how long an acknowledgement lasts that says nothing itself
/// @param evidence what is looked up for messages
/// @param api where it listens
/// @param web who may do what there, and further listeners
/// @param heartbeat null when none is wanted
/// @param file itself; the relative paths in it begin in its folder
/// @param effective every key with the value in force as YAML, secrets hidden
public record AlertingConfig(
    RuleSources rules,
    @Nullable Path routing,
    @Nullable Path onCall,
    List<PrometheusConfig> prometheus,
    @Nullable ElasticConfig elasticsearch,
    LogsConfig logs,
    @Nullable URI kibana,
    @Nullable URI runbooks,
    Path stateDir,
    @Nullable PostgresConfig postgres,
    Duration acknowledgementTimeout,
    EvidenceConfig evidence,
    Api api,
    WebKeys web,
    @Nullable Heartbeat heartbeat,
    Path file,
    String effective) {

  public AlertingConfig {
    prometheus = List.copyOf(prometheus);
  }

  /// Where rules come from, and how often they are evaluated.
  ///
  /// @param files patterns of rule files
  /// @param interval of groups that say nothing
  /// @param cluster PrometheusRule objects; null when they are not watched
  public record RuleSources(List<String> files, Duration interval, @Nullable ClusterRules cluster) {
    /// Prometheus' default for `evaluation_interval`.
    public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

    public RuleSources {
      files = List.copyOf(files);
    }
  }

  /// Which PrometheusRule objects are watched.
  ///
  /// @param kubeconfig null for the service account of the pod
  /// @param namespaces empty for all
  /// @param selector labels that they have
  /// @param enforcedNamespaceLabel a label with the object's namespace on each of its alerts; null
  ///   for none
  public record ClusterRules(
      @Nullable Path kubeconfig,
      List<String> namespaces,
      Map<String, String> selector,
      @Nullable String enforcedNamespaceLabel) {
    public ClusterRules {
      namespaces = List.copyOf(namespaces);
      selector = Map.copyOf(selector);
    }
  }

  /// Where the API listens.
  ///
  /// @param prefix of its paths: empty, or with a slash before and none behind
  /// @param externalUrl where people and receivers reach it
  public record Api(OpsConfig listen, String prefix, URI externalUrl) {
    /// Alertmanager's port.
    public static final int DEFAULT_PORT = 9093;
  }

  /// The watchdog: a URL that is called while alerting works.
  ///
  /// @param url may hold a secret; null where `urlFile` says it
  /// @param urlFile a file with the URL, in its place
  public record Heartbeat(@Nullable URI url, @Nullable Path urlFile, Duration interval) {
    /// Services that watch heartbeats expect one a minute.
    public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

    public Heartbeat {
      if ((url == null) == (urlFile == null)) {
        throw new IllegalArgumentException("give one of url and urlFile");
      }
    }

    /// The URL as it is at each call.
    ///
    /// @throws IllegalArgumentException when the file can't be used now
    public Supplier<URI> urls() {
      Path file = urlFile;
      if (file == null) {
        URI fixed = Objects.requireNonNull(url);
        return () -> fixed;
      }
      WatchedFiles<URI> watched = new WatchedFiles<>("heartbeat.urlFile", file, _ -> read(file));
      return watched::current;
    }

    private static URI read(Path file) throws IOException {
      try {
        return URI.create(
            PrometheusTypes.URL.parse().apply(SecretFile.read("heartbeat.urlFile", file)));
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        // What is wrong with a URL may quote it.
        throw message.startsWith("heartbeat.urlFile")
            ? e
            : new IllegalArgumentException(
                "heartbeat.urlFile " + file + " holds no URL that begins with http:// or https://");
      }
    }

    /// Everything but the secret.
    @Override
    public String toString() {
      return "Heartbeat[url="
          + (url == null ? "null" : "(hidden)")
          + ", urlFile="
          + urlFile
          + ", interval="
          + interval
          + "]";
    }
  }

  /// Reads a file.
  ///
  /// @param env the environment variables, for `${NAME}`
  /// @throws ConfigException with all its problems
  public static AlertingConfig load(Path file, Map<String, String> env) {
    ConfigReader reader = ConfigReader.read(file, env);
    AlertingKeys keys = AlertingKeys.read(reader.root());
    reader.finish();
    return new AlertingConfig(
        keys.rules(),
        keys.routing(),
        keys.onCall(),
        keys.prometheus(),
        keys.elasticsearch(),
        keys.logs().withKibana(keys.kibana()),
        keys.kibana(),
        keys.runbooks(),
        keys.stateDir(),
        keys.postgres(),
        keys.acknowledgementTimeout(),
        keys.evidence(),
        keys.api(),
        keys.web(),
        keys.heartbeat(),
        file.toAbsolutePath(),
        reader.effective());
  }

  /// The folder of the file.
  public Path folder() {
    return file.resolveSibling("");
  }

  /// The effective configuration, without secrets.
  @Override
  public String toString() {
    return effective;
  }
}
