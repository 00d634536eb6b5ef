package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Log rules in Elasticsearch.
public final class ElasticLogSource implements LogSource, LogHistory {
  private static final String NAME = "elasticsearch";

  /// In which a day has its hours: of the process.
  private final ZoneId zone = ZoneId.systemDefault();

  private final LogsConfig config;
  private final Searches searches;
  private final Preflight preflight;
  private final WatermarkTracker watermarkTracker;
  private final KnownTerms knownTerms = new KnownTerms();
  private final KibanaLinks kibana;

  /// @param elastic stays the caller's, who closes it after the last question
  public ElasticLogSource(LogsConfig config, Elastic elastic, Clock clock) {
    this(
        config,
        new HttpSearches(elastic, config.searchTimeout()),
        WatermarkTracker.published(elastic, config.cluster()),
        clock);
  }

  /// By searches that somebody else answers.
  ///
  /// @param agents what they say
  public ElasticLogSource(
      LogsConfig config, Searches searches, WatermarkTracker.Agents agents, Clock clock) {
    this.config = config;
    this.searches = searches;
    this.preflight = new Preflight(searches, clock);
    this.watermarkTracker = new WatermarkTracker(agents, clock);
    this.kibana = new KibanaLinks(config.kibana());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int concurrency() {
    return config.concurrency();
  }

  @Override
  public LogAnswer ask(LogQuestion question) {
    try {
      LogProgress progress = question.progress();
      WatermarkTracker.State state = state(question);
      Schedule schedule = Schedule.of(question, state);
      List<LogAnswer.Step> steps = steps(question.condition(), schedule);
      Instant before = progress.knownTo();
      Instant knownTo = before != null && before.isAfter(state.to()) ? before : state.to();
      return new LogAnswer.Seen(
          steps, new LogProgress(knownTo, state.lastReturn()), String.join("; ", state.behind()));
    } catch (SearchException e) {
      return e.answer();
    }
  }

  @Override
  public LogAnswer replay(LogCondition condition, Instant from, Instant to, Duration interval) {
    try {
      return new LogAnswer.Seen(
          steps(condition, Schedule.between(from, to, interval)), LogProgress.from(to), "");
    } catch (SearchException e) {
      return e.answer();
    }
  }

  /// Whether a rule can be asked: its queries are sound, its fields are known.
  ///
  /// @return an answer without steps when it can, else why not
  public LogAnswer sound(LogCondition condition) {
    try {
      preflight.check(condition);
      return new LogAnswer.Seen(List.of(), LogProgress.from(null), "");
    } catch (SearchException e) {
      return e.answer();
    }
  }

  /// Whether any index is there that a rule's pattern means: where none is, Elasticsearch takes
  /// every query for sound.
  ///
  /// @return true also where that can't be told
  public boolean hasIndex(LogCondition condition) {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.putObject("query").putObject("match_all");
    try {
      return searches
              .ask(condition.index(), "_validate/query?ignore_unavailable=true", body)
              .at("/_shards/total")
              .asInt(1)
          > 0;
    } catch (SearchException e) {
      return true;
    }
  }

  @Override
  public @Nullable Instant begins(LogCondition condition) {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", 0).put("track_total_hits", false);
    body.putObject("aggs").putObject("first").putObject("min").put("field", Searches.TIME);
    try {
      JsonNode first =
          searches.search(condition.index(), body).path("aggregations").path("first").path("value");
      return first.isNumber() ? Instant.ofEpochMilli(first.asLong()) : null;
    } catch (SearchException e) {
      return null;
    }
  }

  private List<LogAnswer.Step> steps(LogCondition condition, Schedule schedule)
      throws SearchException {
    preflight.check(condition);
    List<LogAnswer.Step> steps = new ArrayList<>();
    if (schedule.ends().isEmpty()) {
      return steps;
    }
    Windows windows = new Windows(schedule.ends(), condition.within());
    List<List<LogAnswer.LogSample>> found = measure(condition).of(windows);
    for (int i = 0; i < windows.size(); i++) {
      steps.add(
          new LogAnswer.Step(windows.ends().get(i), schedule.certainties().get(i), found.get(i)));
    }
    return steps;
  }

  private WatermarkTracker.State state(LogQuestion question) throws SearchException {
    Duration stated = question.condition().delay();
    Duration delay = stated == null ? config.delay() : stated;
    return delay == null
        ? watermarkTracker.state(
            question.now(), question.progress().knownTo(), question.progress().returnsSeen())
        : WatermarkTracker.after(delay, question.now());
  }

  private LogQuery measure(LogCondition condition) {
    LogQuery query = query(condition, new KeyedSearch(searches, condition, config.maxKeys()));
    boolean looksBack =
        switch (condition.test()) {
          case LogPredicate.Flatline _,
              LogPredicate.NewTerm _,
              LogPredicate.NewError _,
              LogPredicate.Change _ ->
              true;
          case LogPredicate.Cardinality test -> test.min() != null;
          case LogPredicate.Any _,
              LogPredicate.Frequency _,
              LogPredicate.Spike _,
              LogPredicate.Percentage _,
              LogPredicate.Metric _ ->
              false;
        };
    return looksBack || condition.by().isEmpty() ? query : new PartwiseQuery(query);
  }

  private LogQuery query(LogCondition condition, KeyedSearch search) {
    return switch (condition.test()) {
      case LogPredicate.Any _ -> Figures.lines(search, condition, 1);
      case LogPredicate.Frequency test -> Figures.lines(search, condition, test.numEvents());
      case LogPredicate.Spike test -> new Spikes(search, condition, test);
      case LogPredicate.Flatline test -> Figures.flatline(search, condition, test);
      case LogPredicate.NewTerm test ->
          new NewTerms(search, knownTerms, condition, test.history(), null, zone);
      case LogPredicate.Change test -> new Changes(search, condition, test);
      case LogPredicate.Cardinality test -> Figures.cardinality(search, condition, test);
      case LogPredicate.Percentage test -> Figures.percentage(search, condition, test);
      case LogPredicate.Metric test -> Figures.metric(search, condition, test);
      case LogPredicate.NewError test ->
          new NewTerms(search, knownTerms, condition, test.unseenFor(), growth(test), zone);
    };
  }

  private static NewTerms.@Nullable Growth growth(LogPredicate.NewError test) {
    Double factor = test.growth();
    return factor == null ? null : new NewTerms.Growth(factor, test.minEvents());
  }

  @Override
  public Evidence evidence(LogCondition condition, Labels key, Instant end) {
    return new LinesSearch(searches, kibana, condition, key, end).evidence();
  }

  @Override
  public Evidence errors(Labels labels, Instant from, Instant to) {
    return new WorkloadErrors(searches, kibana).of(labels, from, to);
  }

  @Override
  public Evidence rollout(Labels labels, Instant at) {
    return new Rollouts(searches).newest(labels, at);
  }

  @Override
  public @Nullable String problem(LogCondition condition, Instant at) {
    try {
      state(
          new LogQuestion(
              condition, at, condition.within(), Duration.ZERO, LogProgress.from(null)));
      searches.search(
          condition.index(), KeyedSearch.body(condition, at.minus(condition.within()), at, null));
      return null;
    } catch (SearchException e) {
      return e.answer() instanceof LogAnswer.Unavailable unavailable ? unavailable.cause() : null;
    }
  }

  @Override
  public String link(LogCondition condition) {
    return kibana.discover(
        condition, Labels.EMPTY, "now-" + condition.within().toSeconds() + "s", "now");
  }
}
