package dev.longshore.rulelab.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.rulelab.backtest.BacktestResult;
import dev.longshore.rulelab.backtest.LogBacktest;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/// All rules as one JSON object, for programs. Durations are seconds.
final class BacktestJson implements BacktestReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final ObjectNode root = JSON.createObjectNode();
  private final ArrayNode rules;

  BacktestJson(PrintStream out, BacktestOptions options) {
    this.out = out;
    root.put("since", options.since().toString());
    root.put("until", options.until().toString());
    root.put("timeZone", options.zone().toString());
    rules = root.putArray("rules");
  }

  @Override
  public void rule(Past past) {
    ObjectNode rule = rule(past.rule());
    rule.put("intervalSeconds", seconds(past.interval()));
    Instant begins = past.begins();
    if (begins != null) {
      rule.put("linesBegin", begins.toString());
    }
    ObjectNode own = rule.putObject("asItIs");
    put(own, past.asItIs());
    ArrayNode episodes = own.putArray("episodes");
    for (BacktestResult.Episode it : past.asItIs().episodes()) {
      ObjectNode episode = episodes.addObject();
      ObjectNode labels = episode.putObject("labels");
      it.labels().asMap().forEach(labels::put);
      episode.put("from", it.from().toString());
      episode.put("to", it.to().toString());
      episode.put("ended", it.ended());
    }
    ArrayNode holds = rule.putArray("withOtherFor");
    past.withOtherHolds().forEach(it -> put(holds.addObject(), it));
    ArrayNode thresholds = rule.putArray("withOtherThreshold");
    for (LogBacktest.Tried it : past.withOtherThresholds()) {
      ObjectNode tried = thresholds.addObject();
      tried.put("threshold", it.threshold());
      put(tried, it.backtestResult());
    }
  }

  @Override
  public void failed(AlertingRule rule, String cause) {
    rule(rule).put("error", cause);
  }

  private ObjectNode rule(AlertingRule rule) {
    ObjectNode node = rules.addObject();
    node.put("rule", rule.name());
    node.put("place", rule.location().toString());
    node.put("asks", rule.condition().text());
    return node;
  }

  private static void put(ObjectNode node, BacktestResult backtestResult) {
    node.put("forSeconds", seconds(backtestResult.hold()));
    node.put("fired", backtestResult.episodes().size());
    node.put("pings", backtestResult.pings());
    node.put("pingsAtNight", backtestResult.pingsAtNight());
    node.put("medianSeconds", seconds(backtestResult.medianLength()));
    node.put("longestSeconds", seconds(backtestResult.longest()));
    node.put("firingSeconds", seconds(backtestResult.firing()));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  @Override
  public void end() throws IOException {
    out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
  }
}
