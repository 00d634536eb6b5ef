package dev.longshore.alerting.command;

import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.metrics.PrometheusConfig;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.oncall.EscalationPolicy;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Shift;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.BrokenRule;
import dev.longshore.alerting.rule.RecordingRule;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.alerting.state.postgres.PeerTls;
import dev.longshore.alerting.state.postgres.PostgresConfig;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// `longshore alerting check --config FILE`: everything that is wrong with the file and with what
/// it names, at once. Prometheus, Elasticsearch and Slack are asked where they answer, but not with
/// `--offline`. Exit code 2 when a file is wrong, 1 when only one of those that were asked refuses
/// something; that a source did not answer is said.
final class CheckCommand {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ROOT);

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  CheckCommand(Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  int run(List<String> words) throws Wrong {
    Arguments arguments =
        new Arguments(words, Set.of("--config"), Set.of("--show", "--offline"), 0);
    String file = arguments.value("--config");
    if (file == null) {
      throw new Wrong("option --config is required");
    }
    AlertingConfig config = AlertingConfig.load(Path.of(file), environment);
    if (arguments.has("--show")) {
      out.print(config.effective());
    }
    List<String> problems = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    boolean offline = arguments.has("--offline");
    links(config);
    problems.addAll(certificates(config, clock));
    routing(config, offline, problems, refusals);
    List<RuleGroup> groups = rules(config, problems);
    if (!offline) {
      new SourceCheck(config, clock, out, problems, refusals).ask(groups);
    }
    problems.forEach(err::println);
    refusals.forEach(err::println);
    if (!problems.isEmpty()) {
      return Commands.WRONG;
    }
    if (!refusals.isEmpty()) {
      return Commands.FAILED;
    }
    out.println(file + ": configuration is valid");
    return Commands.OK;
  }

  /// What is wrong with certificates and keys with which sources and replicas are reached.
  static List<String> certificates(AlertingConfig config, Clock clock) {
    List<String> problems = new ArrayList<>();
    ElasticConfig elasticsearch = config.elasticsearch();
    if (elasticsearch != null) {
      problems.addAll(elasticsearch.tlsProblems(clock));
    }
    for (int i = 0; i < config.prometheus().size(); i++) {
      PrometheusConfig source = config.prometheus().get(i);
      problems.addAll(source.tls().problems("prometheus[" + i + "].tls.", clock));
    }
    PostgresConfig postgres = config.postgres();
    PeerTls peers = postgres == null ? null : postgres.peers();
    if (peers != null) {
      problems.addAll(peers.problems(clock));
    }
    return problems;
  }

  /// Messages link to these addresses.
  private void links(AlertingConfig config) {
    link("api.externalUrl", config.api().externalUrl(), "alerting");
    for (PrometheusConfig source : config.prometheus()) {
      link("externalUrl of prometheus " + source.name(), source.externalUrl(), "it");
    }
  }

  private void link(String key, URI url, String what) {
    String host = url.getHost() == null ? "" : url.getHost();
    boolean isLocal = host.equals("localhost") || host.startsWith("127.");
    boolean isInCluster = host.endsWith(".svc") || host.endsWith(".cluster.local");
    if (isLocal || isInCluster) {
      out.printf(
          "warning: %s is %s, which the browsers of people cannot open; set it to where they reach"
              + " %s%n",
          key, url, what);
    }
  }

  private void routing(
      AlertingConfig config, boolean offline, List<String> problems, List<String> refusals) {
    RoutingFiles files = new RoutingFiles(config.routing(), config.onCall(), clock);
    try {
      RoutingFiles.Routing routing = files.read();
      routing
          .file()
          .unsupported()
          .forEach(it -> out.println("warning: " + files.name() + ": " + it));
      routing
          .unmatched()
          .forEach(it -> out.println("warning: " + files.name() + ": no file matches " + it));
      routing
          .library()
          .tryEach(
              NotificationData.sample(clock.now()),
              it -> out.println("warning: " + files.name() + ": " + it));
      int integrations = 0;
      for (Receiver receiver : routing.file().receivers()) {
        integrations += receiver.integrations().size();
        receiver(receiver, routing, config, offline, problems, refusals);
      }
      if (config.routing() != null) {
        out.printf(
            "%s: %d receivers with %d integrations, %d templates%n",
            files.name(),
            routing.file().receivers().size(),
            integrations,
            routing.file().templates().size());
      }
      if (config.onCall() != null) {
        onCall(files.onCallName(), routing);
      }
    } catch (BrokenException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  private void onCall(String file, RoutingFiles.Routing routing) {
    OnCall onCall = routing.onCall();
    out.printf(
        "%s: %d people, %d rotations, %d escalations%n",
        file, onCall.people().size(), onCall.rotations().size(), onCall.policies().size());
    for (Rotation rotation : onCall.rotations()) {
      List<Shift> gaps = rotation.gapsAllowed() ? List.of() : rotation.gaps(clock.now());
      if (!gaps.isEmpty()) {
        Shift first = gaps.getFirst();
        out.printf(
            "warning: %s, line %d: nobody is on call in rotation %s from %s to %s (%s)%s; add a layer, or"
                + " write gapsAllowed: true%n",
            file,
            rotation.line(),
            rotation.name(),
            LOCAL.format(first.from().atZone(rotation.zone())),
            LOCAL.format(first.to().atZone(rotation.zone())),
            rotation.zone(),
            gaps.size() == 1 ? "" : ", and " + (gaps.size() - 1) + " times more");
      }
    }
    Set<String> routed = new HashSet<>();
    routing.file().routing().root().forEach(route -> routed.add(route.receiver()));
    for (EscalationPolicy policy : onCall.policies()) {
      for (String receiver : policy.receivers()) {
        if (!routed.contains(receiver)) {
          out.printf(
              "warning: %s, line %d: no route goes to %s, whose groups the escalation %s is for%n",
              file, policy.line(), receiver, policy.name());
        }
      }
    }
  }

  private void receiver(
      Receiver receiver,
      RoutingFiles.Routing routing,
      AlertingConfig config,
      boolean offline,
      List<String> problems,
      List<String> refusals) {
    ReceiverClients messengers = new ReceiverClients(config.api().externalUrl().toString());
    Map<String, Integer> counts = new HashMap<>();
    for (Integration settings : receiver.integrations()) {
      int place = counts.merge(settings.kind(), 1, Integer::sum) - 1;
      String name = settings.kind() + "[" + place + "]";
      List<String> unusable = settings.tlsProblems(clock);
      unusable.forEach(it -> problems.add("receiver " + receiver.name() + ", " + name + ": " + it));
      try (ReceiverClient client =
          messengers.open(receiver.name(), name, settings, routing.library())) {
        if (!offline && unusable.isEmpty()) {
          greet(client, "receiver " + receiver.name() + ", " + name, refusals);
        }
      } catch (TemplateException e) {
        problems.add(config.routing() + ": " + e.getMessage());
      }
    }
  }

  private void greet(ReceiverClient client, String name, List<String> refusals) {
    switch (client.greet()) {
      case DeliveryResult.Delivered _ -> out.println(name + ": knows us");
      case DeliveryResult.Retry retry ->
          out.println("warning: " + name + " was not asked: " + retry.message());
      case DeliveryResult.Misconfigured refused ->
          refusals.add(name + ": " + refused.code() + ": " + refused.remedy());
      case DeliveryResult.PayloadRejected refused -> refusals.add(name + ": " + refused.message());
      case DeliveryResult.TargetMissing missing -> refusals.add(name + ": " + missing.code());
      case null -> {}
    }
  }

  private List<RuleGroup> rules(AlertingConfig config, List<String> problems) {
    RuleSet rules = new RuleFiles(config.rules().files(), config.folder(), clock).load();
    for (RuleGroup group : rules.groups()) {
      int alerting = 0;
      int recording = 0;
      for (Rule rule : group.rules()) {
        switch (rule) {
          case AlertingRule _ -> alerting++;
          case RecordingRule _ -> recording++;
        }
      }
      out.printf(
          "%s: group %s: %d alerting rules%s%n",
          group.file(),
          group.name(),
          alerting,
          recording == 0 ? "" : ", " + recording + " recording rules evaluated by Prometheus");
    }
    rules.warnings().forEach(it -> out.println("warning: " + it));
    for (BrokenRule brokenRule : rules.quarantined()) {
      brokenRule.problems().forEach(it -> problems.add(it.toString()));
    }
    return rules.groups();
  }
}
