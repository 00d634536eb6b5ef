package dev.longshore.rulelab.command;

import dev.longshore.alerting.command.Command;
import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogHistory;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.rulelab.backtest.BacktestResult;
import dev.longshore.rulelab.backtest.LogBacktest;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `longshore alerting backtest FILE…`: what log rules would have done in the past, and what
/// another `for` or another threshold would change. Exit code 1 when the history of a rule can't be
/// asked, or no rule has one; 2 when the command line or a file is broken.
final class BacktestCommand implements Command {
  private static final int MOST_FILES = 1_000;
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  /// A rule is looked at so many times; a short interval over a long time is made longer.
  private static final long MOST_EVALUATIONS = 100_000;

  private static final Set<String> OPTIONS =
      Set.of(
          "--config",
          "--elasticsearch",
          "--since",
          "--until",
          "--rule",
          "--for",
          "--threshold",
          "--interval",
          "--time-zone",
          "--output");

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  BacktestCommand(Context context) {
    this.environment = context.environment();
    this.clock = context.clock();
    this.out = context.out();
    this.err = context.err();
  }

  @Override
  public String name() {
    return "backtest";
  }

  @Override
  public String synopsis() {
    return """
    backtest [FILE…] [--config FILE | --elasticsearch URL] [--since 14d]
    [--until TIME] [--rule NAME] [--for 0s,5m] [--threshold 10,50] [--interval 1m]
    [--time-zone UTC] [--output text|json]""";
  }

  @Override
  public String purpose() {
    return """
    what log rules would have done since then: how often they would have fired, for how
    long, how many pings, how many at night, and what another `for` or threshold would
    change; of the rules of FILE, else of --config, which also says where Elasticsearch is""";
  }

  /// A rule, and how often its group is evaluated; null for the standard.
  private record SelectedRule(
      AlertingRule rule, LogCondition condition, @Nullable Duration interval) {}

  @Override
  public int run(List<String> words) throws Wrong, IOException {
    Arguments arguments = new Arguments(words, OPTIONS, Set.of(), MOST_FILES);
    BacktestOptions options = BacktestOptions.of(arguments, clock.now());
    String file = arguments.value("--config");
    AlertingConfig config = file == null ? null : AlertingConfig.load(Path.of(file), environment);
    ElasticConfig where = elasticsearch(arguments, config);
    RuleSet rules = rules(arguments, config);
    if (!rules.quarantined().isEmpty()) {
      rules.quarantined().forEach(it -> it.problems().forEach(err::println));
      return Commands.WRONG;
    }
    rules.warnings().forEach(it -> err.println("warning: " + it));
    List<String> leftOut = new ArrayList<>();
    List<SelectedRule> found = found(rules, arguments.value("--rule"), leftOut);
    leftOut.forEach(err::println);
    if (found.isEmpty()) {
      err.println("There is no log rule; metric rules have their history in Prometheus.");
      return Commands.FAILED;
    }
    Duration standard =
        config == null ? AlertingConfig.RuleSources.DEFAULT_INTERVAL : config.rules().interval();
    LogsConfig logs = config == null ? LogsConfig.defaults() : config.logs();
    BacktestReport report =
        options.json() ? new BacktestJson(out, options) : new BacktestText(out, options);
    boolean failed = false;
    try (Elastic elastic = new Elastic(where, clock)) {
      ElasticLogSource source = new ElasticLogSource(logs, elastic, clock);
      for (SelectedRule it : found) {
        failed |= !one(it, standard, source, options, report);
      }
    }
    report.end();
    return failed ? Commands.FAILED : Commands.OK;
  }

  private static ElasticConfig elasticsearch(Arguments arguments, @Nullable AlertingConfig config)
      throws Wrong {
    String url = arguments.value("--elasticsearch");
    if (url != null) {
      try {
        return ElasticConfig.of(URI.create(url));
      } catch (IllegalArgumentException e) {
        throw new Wrong(
            "--elasticsearch "
                + url
                + " is not of the form http://HOST:PORT; where it needs"
                + " credentials, name a file with --config");
      }
    }
    if (config == null) {
      throw new Wrong(
          "where is Elasticsearch? Give --config with the file of alerting, or --elasticsearch URL");
    }
    ElasticConfig elasticsearch = config.elasticsearch();
    if (elasticsearch == null) {
      throw new Wrong(
          "--config "
              + arguments.value("--config")
              + " has no section `elasticsearch`; write one,"
              + " or give --elasticsearch URL");
    }
    return elasticsearch;
  }

  private RuleSet rules(Arguments arguments, @Nullable AlertingConfig config) throws Wrong {
    if (!arguments.operands().isEmpty()) {
      RuleSet rules =
          new RuleFiles(arguments.operands(), Path.of("").toAbsolutePath(), clock).load();
      for (var warning : rules.warnings()) {
        if (warning.message().equals("matches no file")) {
          throw new Wrong("there is no rule file " + warning.file());
        }
      }
      return rules;
    }
    if (config == null) {
      throw new Wrong("no rule file; give files, or --config with a file that names some");
    }
    return new RuleFiles(config.rules().files(), config.folder(), clock).load();
  }

  /// The log rules, or the one with a name.
  private static List<SelectedRule> found(
      RuleSet rules, @Nullable String name, List<String> leftOut) throws Wrong {
    List<SelectedRule> found = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    boolean there = false;
    for (RuleGroup group : rules.groups()) {
      int metric = 0;
      for (Rule rule : group.rules()) {
        if (!(rule instanceof AlertingRule alerting)) {
          continue;
        }
        names.add(alerting.name());
        if (name != null && !alerting.name().equals(name)) {
          continue;
        }
        there = true;
        if (alerting.condition() instanceof LogCondition condition) {
          found.add(new SelectedRule(alerting, condition, group.interval()));
        } else {
          metric++;
        }
      }
      if (metric > 0) {
        leftOut.add(
            "%s: group %s: %d metric rule%s left out; their history is Prometheus'"
                .formatted(group.file(), group.name(), metric, metric == 1 ? " is" : "s are"));
      }
    }
    if (name != null && !there) {
      throw new Wrong("there is no rule '" + name + "'; there are " + String.join(", ", names));
    }
    return found;
  }

  /// @return whether its history could be asked
  private boolean one(
      SelectedRule it,
      Duration standard,
      LogHistory history,
      BacktestOptions options,
      BacktestReport report) {
    Duration interval = interval(it, standard, options);
    ProgressLine progress = new ProgressLine(err, ProgressLine.onTerminal(), it.rule.name());
    progress.show(0);
    LogBacktest.Asked asked =
        LogBacktest.ask(
            history,
            it.rule,
            new LogBacktest.Question(
                options.since(), options.until(), interval, options.thresholds()),
            progress::show);
    progress.end();
    return switch (asked) {
      case LogBacktest.Asked.Failed failed -> {
        err.println(it.rule.location() + ": " + it.rule.name() + ": " + failed.cause());
        report.failed(it.rule, failed.cause());
        yield false;
      }
      case LogBacktest.Asked.Answered answered -> {
        LogBacktest backtest = answered.backtest();
        List<BacktestResult> holds =
            options.holds(it.rule.holdFor()).stream()
                .map(hold -> backtest.with(hold, options.zone()))
                .toList();
        report.rule(
            new BacktestReport.Past(
                it.rule,
                interval,
                history.begins(it.condition),
                backtest.asItIs(options.zone()),
                holds,
                backtest.withOtherThresholds(options.zone())));
        yield true;
      }
    };
  }

  /// As alerting looks at it: in the group's interval, and five times in the window's length.
  private static Duration interval(SelectedRule it, Duration standard, BacktestOptions options) {
    Duration asked = options.interval();
    Duration of = it.interval == null ? standard : it.interval;
    Duration fifth = it.condition.within().dividedBy(5);
    Duration interval = asked != null ? asked : of.compareTo(fifth) < 0 ? of : fifth;
    Duration span = Duration.between(options.since(), options.until());
    Duration shortest = Duration.ofSeconds(Math.ceilDiv(span.toSeconds(), MOST_EVALUATIONS));
    shortest = shortest.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : shortest;
    return interval.compareTo(shortest) < 0 ? shortest : interval;
  }
}
