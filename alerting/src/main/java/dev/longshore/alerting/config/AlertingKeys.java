package dev.longshore.alerting.config;

import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.config.AlertingConfig.Api;
import dev.longshore.alerting.config.AlertingConfig.ClusterRules;
import dev.longshore.alerting.config.AlertingConfig.Heartbeat;
import dev.longshore.alerting.config.AlertingConfig.RuleSources;
import dev.longshore.alerting.eval.EvidenceConfig;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.state.postgres.PeerTls;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ElasticKeys;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.WebKeys;
import dev.longshore.shared.units.Durations;
import dev.longshore.shared.web.Surface;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The keys of alerting's file, as declarations: name, default, limits, one sentence for people.
record AlertingKeys(
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
    @Nullable Heartbeat heartbeat) {

  private static final Type<OpsConfig> LISTEN =
      new Type<>("host:port", "host:port", "0.0.0.0:9093", OpsConfig::parse, OpsConfig::listen);

  private static final Type<String> PREFIX =
      new Type<>(
          "a path",
          "empty, or a path such as /alertmanager",
          "/alertmanager",
          AlertingKeys::checkedPrefix,
          prefix -> prefix);

  /// Asks for every key, in the order of the reference page.
  static AlertingKeys read(Section root) {
    List<String> files =
        root.strings(
            "rules",
            List.of(),
            "Patterns of Prometheus rule files (`*`, `**`); what they match is read again when it"
                + " changes.");
    Section evaluation = root.section("evaluation", "How rules are evaluated.");
    Duration interval =
        evaluation.duration(
            "interval",
            RuleSources.DEFAULT_INTERVAL,
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "Between two evaluations of a group that says nothing; Prometheus'"
                + " `evaluation_interval`.");
    RuleSources rules = new RuleSources(files, interval, clusterRules(root));
    Path routing =
        root.optionalPath(
            "routing",
            "The Alertmanager configuration file; without one, alerts are seen by the API alone.");
    Path onCall =
        root.optionalPath(
            "oncall",
            "The on-call file with people, rotations and escalations; it is read again when it"
                + " changes, as the routing is.");
    List<PrometheusConfig> prometheus = prometheus(root);
    boolean logRules = !root.isAbsent("elasticsearch");
    Section elastic = root.section("elasticsearch", "What log rules ask.");
    ElasticConfig elasticsearch = elasticsearch(elastic);
    LogsConfig logs = logs(elastic);
    Section kibana = root.section("kibana", "Links into Kibana.");
    String kibanaUrl = kibana.optionalString("url", "Where people reach Kibana.");
    String runbookUrl =
        root.optionalString(
            "runbookUrl",
            "Where `docs/runbooks` of this version is served; alerts that Longshore raises about"
                + " itself then have a `runbook_url`.");
    Section state = root.section("state", "What is remembered over restarts.");
    Path stateDir =
        state.path(
            "dir",
            Path.of("/var/lib/longshore-alerting"),
            "A folder for the state database. One process at a time may use it; without effect where"
                + " `state.postgres` is set.");
    return new AlertingKeys(
        rules,
        routing,
        onCall,
        prometheus,
        logRules ? elasticsearch : null,
        logs,
        kibanaUrl == null ? null : url(kibana, "url", kibanaUrl),
        runbookUrl == null ? null : url(root, "runbookUrl", runbookUrl),
        stateDir,
        postgres(state),
        acknowledgementTimeout(root),
        evidence(root),
        api(root),
        WebKeys.read(root, EnumSet.allOf(Surface.class)),
        heartbeat(root));
  }

  private static Duration acknowledgementTimeout(Section root) {
    return root.section("acknowledgements", "Groups that somebody has acknowledged.")
        .duration(
            "timeout",
            Acknowledgements.DEFAULT_TIMEOUT,
            Duration.ofMinutes(1),
            Duration.ofDays(30),
            "How long an acknowledgement lasts that says nothing itself; the group is repeated, and"
                + " escalated, again then.");
  }

  private static EvidenceConfig evidence(Section root) {
    Section evidence =
        root.section("evidence", "What is looked up for the messages of an alert that fires.");
    EvidenceConfig standard = EvidenceConfig.DEFAULT;
    return new EvidenceConfig(
        evidence.bool(
            "chart",
            standard.chart(),
            "Whether a metric alert shows how its metric went: a query over a range of time."),
        evidence.bool(
            "errors",
            standard.errors(),
            "Whether a metric alert shows the errors that its workload, or its namespace, logged: a"
                + " search."),
        evidence.bool(
            "rollout",
            standard.rollout(),
            "Whether an alert shows the newest rollout of its workload, by the lines of its pods: up"
                + " to six searches."));
  }

  private static @Nullable PostgresConfig postgres(Section state) {
    boolean absent = state.isAbsent("postgres");
    Section section =
        state.section(
            "postgres",
            "A PostgreSQL database for the state, in place of the folder: several replicas share"
                + " it, and one of them leads.");
    String url =
        section.optionalString(
            "url",
            "`postgresql://host:5432/database`, with the options of its JDBC driver behind a"
                + " question mark, such as `sslmode=verify-full&sslrootcert=/path`.");
    String username = section.optionalString("username", "The database's user.");
    Path usernameFile =
        section.optionalPath(
            "usernameFile", "A file with the user, in place of `username`; read at each connect.");
    String password = section.secret("password", "The user's password.");
    Path passwordFile =
        section.optionalPath(
            "passwordFile",
            "A file with the password, in place of `password`; read at each connect.");
    String advertise =
        section.optionalString(
            "advertise",
            "Where other replicas reach this one, such as `http://10.1.2.3:9093`: they pass on to it"
                + " what they are asked while it leads.");
    PeerTls peers = peers(section);
    if (absent) {
      return null;
    }
    if (url == null) {
      section.problem("url", "is required; write postgresql://host:5432/database");
      return null;
    }
    try {
      return new PostgresConfig(
          url, username, usernameFile, password, passwordFile, advertise, peers);
    } catch (IllegalArgumentException e) {
      section.problem(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static @Nullable PeerTls peers(Section postgres) {
    boolean absent = postgres.isAbsent("peers");
    Section peers =
        postgres.section(
            "peers", "How other replicas are reached whose port has TLS; the files may change.");
    Path ca =
        peers.optionalPath(
            "caFile", "PEM file with the authorities to trust in place of the JVM's own.");
    Path certificate =
        peers.optionalPath(
            "certFile", "PEM file with our certificate, where they ask for one; with `keyFile`.");
    Path key = peers.optionalPath("keyFile", "PEM file with its private key.");
    String name =
        peers.optionalString(
            "serverName",
            "The name that their certificate has, where `advertise` is an address such as"
                + " `https://10.1.2.3:9093`.");
    if (absent) {
      return null;
    }
    try {
      return new PeerTls(ca, certificate, key, name);
    } catch (IllegalArgumentException e) {
      peers.problem(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static @Nullable ClusterRules clusterRules(Section root) {
    Section kubernetes =
        root.section("kubernetes", "`PrometheusRule` objects of the cluster, beside rule files.");
    boolean enabled =
        kubernetes.bool("enabled", false, "Whether `PrometheusRule` objects are watched.");
    ClusterRules cluster =
        new ClusterRules(
            kubernetes.optionalPath(
                "kubeconfig", "A kubeconfig; without one, the service account of the pod."),
            kubernetes.strings("namespaces", List.of(), "Namespaces to watch; empty for all."),
            kubernetes.texts("selector", "Labels that the objects must have."),
            kubernetes.optionalString(
                "enforcedNamespaceLabel",
                "A label that every rule of an object has, with the object's namespace, whatever the"
                    + " object says: routes and inhibitions can then tell whose it is."));
    return enabled ? cluster : null;
  }

  private static List<PrometheusConfig> prometheus(Section root) {
    List<PrometheusConfig> sources = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section :
        root.sections("prometheus", "Prometheus-compatible servers that metric rules ask.")) {
      PrometheusConfig source = PrometheusKeys.read(section);
      if (!names.add(source.name())) {
        section.problem(
            "name", "the source '" + source.name() + "' is there already; names are unique");
      }
      sources.add(source);
    }
    return sources;
  }

  private static ElasticConfig elasticsearch(Section section) {
    ElasticKeys keys = ElasticKeys.read(section);
    Duration timeout =
        section.duration(
            "requestTimeout",
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            "How long a search may take.");
    return keys.config(false, timeout);
  }

  private static LogsConfig logs(Section section) {
    LogsConfig standard = LogsConfig.defaults();
    String cluster =
        section.optionalString(
            "cluster",
            "Whose agents say up to when lines are complete, by `cluster.name`; all where it is"
                + " left out.");
    String delay =
        section.optionalString(
            "delay",
            "After so long lines are complete, such as `30s`: for indices that no agent of"
                + " Longshore writes.");
    int maxKeys =
        section.integer(
            "maxKeys",
            standard.maxKeys(),
            1,
            100_000,
            "Combinations of values of a rule's `by` fields; more are an error of the rule.");
    int concurrency =
        section.integer(
            "concurrency", standard.concurrency(), 1, 64, "Log rules that are asked at a time.");
    return section.build(
        () ->
            new LogsConfig(
                cluster,
                delay == null ? null : Durations.parse(delay),
                standard.searchTimeout(),
                maxKeys,
                concurrency,
                null),
        standard);
  }

  private static Api api(Section root) {
    Section api = root.section("api", "The HTTP API, which is Alertmanager's, and `/metrics`.");
    OpsConfig listen =
        api.value(
            "listen", LISTEN, new OpsConfig("0.0.0.0", Api.DEFAULT_PORT), "Where it listens.");
    String prefix = api.value("prefix", PREFIX, "", "Goes before every path of the API.");
    String external =
        api.string(
            "externalUrl",
            "http://localhost:" + listen.port() + prefix,
            "`http://localhost:<port><prefix>`",
            "Where people reach it; links in messages begin with it.");
    return new Api(listen, prefix, url(api, "externalUrl", external));
  }

  private static @Nullable Heartbeat heartbeat(Section root) {
    Section heartbeat =
        root.section("heartbeat", "A watchdog: a URL that is called while alerting works.");
    String url =
        heartbeat.secret("url", "Called by POST; a service that watches it tells when calls stop.");
    Path urlFile =
        heartbeat.optionalPath(
            "urlFile", "A file with the URL, in place of `url`; read again when it has changed.");
    Duration interval =
        heartbeat.duration(
            "interval",
            Heartbeat.DEFAULT_INTERVAL,
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "Between two calls.");
    if (url != null && urlFile != null) {
      heartbeat.problem("urlFile", "goes in place of url; leave one of them out");
      return null;
    }
    if (url != null) {
      return new Heartbeat(url(heartbeat, "url", url), null, interval);
    }
    if (urlFile == null) {
      return null;
    }
    Heartbeat fromFile = new Heartbeat(null, urlFile, interval);
    try {
      var _ = fromFile.urls().get();
    } catch (IllegalArgumentException e) {
      heartbeat.problem("urlFile", String.valueOf(e.getMessage()));
    }
    return fromFile;
  }

  static URI url(Section section, String key, String text) {
    try {
      return URI.create(PrometheusTypes.URL.parse().apply(text));
    } catch (IllegalArgumentException e) {
      section.problem(key, "is not a URL; write one that begins with http:// or https://");
      return URI.create("http://localhost");
    }
  }

  private static String checkedPrefix(String text) {
    String prefix = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    if (!prefix.isEmpty() && !prefix.matches("(/[A-Za-z0-9._~-]+)+")) {
      throw new IllegalArgumentException("not a path");
    }
    return prefix;
  }
}
