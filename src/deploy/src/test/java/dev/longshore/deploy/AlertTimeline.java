package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What Prometheus holds of one pod of a chart, phase by phase: each is a scrape of a real process,
/// stretched over minutes of Prometheus' time and put under the chart's own rules in promtool.
///
/// A metric keeps the value of its scrape for the whole phase, but for points in time and ages: one
/// that moved between two scrapes of the phase moves on with the clock, one that stood still stands
/// still.
final class AlertTimeline {
  private static final int SCRAPE_SECONDS = 30;

  /// Longer than any alert looks back and waits together.
  static final Duration LONG = Duration.ofMinutes(45);

  /// Shorter than the alerts on an increase look back.
  static final Duration SHORT = Duration.ofMinutes(5);

  private final Path folder;
  private final String chart;
  private final List<Phase> phases = new ArrayList<>();

  /// @param folder for the files that promtool reads
  AlertTimeline(Path folder) {
    this(folder, "longshore-agent");
  }

  /// @param chart whose alerts they are
  AlertTimeline(Path folder, String chart) {
    this.folder = folder;
    this.chart = chart;
  }

  /// A scrape: the values by series, as the text format writes both.
  ///
  /// @param epochSeconds when
  record Scrape(double epochSeconds, Map<String, String> values) {}

  /// @param pod whose metrics they are
  /// @param first null when the pod does not answer
  /// @param target whether Prometheus knows of the pod
  private record Phase(
      String pod, @Nullable Scrape first, @Nullable Scrape last, boolean target, Duration length) {
    int samples() {
      return Math.toIntExact(length.toSeconds() / SCRAPE_SECONDS);
    }
  }

  /// The pod answers.
  ///
  /// @param first taken before `last`; the same where points in time don't matter
  AlertTimeline answers(String pod, Scrape first, Scrape last, Duration length) {
    phases.add(new Phase(pod, first, last, true, length));
    return this;
  }

  /// The pod is known and does not answer.
  AlertTimeline silent(String pod, Duration length) {
    phases.add(new Phase(pod, null, null, true, length));
    return this;
  }

  /// There is no pod.
  AlertTimeline absent(Duration length) {
    phases.add(new Phase("", null, null, false, length));
    return this;
  }

  /// Asserts in which phases an alert is firing at their end, and that its texts can be rendered.
  ///
  /// @param firing one for each phase
  void assertFiring(String alert, boolean... firing) throws Exception {
    assertThat(firing).hasSize(phases.size());
    List<Map<String, Object>> asked = new ArrayList<>();
    int samples = 0;
    for (int i = 0; i < firing.length; i++) {
      samples += phases.get(i).samples();
      Map<String, Object> at = new LinkedHashMap<>();
      at.put("expr", "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})");
      at.put("eval_time", (samples - 1) * SCRAPE_SECONDS + "s");
      at.put("exp_samples", firing[i] ? List.of(Map.of("labels", "{}", "value", 1)) : List.of());
      asked.add(at);
    }
    String interval = SCRAPE_SECONDS + "s";
    Path tests = folder.resolve("tests.json");
    new ObjectMapper()
        .writeValue(
            tests.toFile(),
            Map.of(
                "rule_files",
                List.of(rules().toString()),
                "evaluation_interval",
                interval,
                "tests",
                List.of(
                    Map.of(
                        "interval",
                        interval,
                        "input_series",
                        series(),
                        "promql_expr_test",
                        asked))));
    Process promtool =
        new ProcessBuilder("promtool", "test", "rules", tests.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(promtool.exitValue()).as("%s: %s", alert, output).isZero();
  }

  private Path rules() throws IOException {
    Path rules = folder.resolve("alerts.yaml");
    Files.writeString(
        rules,
        Files.readString(new Chart(chart).folder().resolve("alerts.yaml"))
            .replace("[[job]]", "logging/" + chart));
    return rules;
  }

  private List<Map<String, Object>> series() {
    List<Map<String, Object>> series = new ArrayList<>();
    Set<String> pods = new LinkedHashSet<>();
    phases.stream().map(Phase::pod).filter(pod -> !pod.isEmpty()).forEach(pods::add);
    for (String pod : pods) {
      series.add(Map.of("series", labelled("up", pod), "values", up(pod)));
      Set<String> names = new LinkedHashSet<>();
      for (Phase phase : phases) {
        if (phase.pod.equals(pod) && phase.last != null) {
          names.addAll(phase.last.values().keySet());
        }
      }
      for (String name : names) {
        series.add(Map.of("series", labelled(name, pod), "values", values(name, pod)));
      }
    }
    return series;
  }

  private String up(String pod) {
    StringBuilder values = new StringBuilder();
    for (Phase phase : phases) {
      boolean there = phase.target && phase.pod.equals(pod);
      values.append(there ? phase.last == null ? "0" : "1" : "_");
      values.append("x").append(there ? phase.samples() - 1 : phase.samples()).append(" ");
    }
    return values.toString().strip();
  }

  private String values(String name, String pod) {
    StringBuilder values = new StringBuilder();
    long atSeconds = 0;
    for (Phase phase : phases) {
      BigDecimal last = phase.pod.equals(pod) ? value(phase.last, name) : null;
      int more = phase.samples() - 1;
      if (last == null) {
        values.append("_x").append(phase.samples());
      } else {
        values.append(at(name, phase, last, atSeconds).toPlainString());
        values.append(moves(name, phase) ? "+" + SCRAPE_SECONDS : "+0").append("x").append(more);
      }
      values.append(" ");
      atSeconds += (long) phase.samples() * SCRAPE_SECONDS;
    }
    return values.toString().strip();
  }

  /// A value as it is at the begin of a phase; a point in time is as far from it as it was from the
  /// time of the scrape.
  private static BigDecimal at(String name, Phase phase, BigDecimal value, long atSeconds) {
    if (!isTime(name) || phase.last == null) {
      return value;
    }
    return value
        .subtract(BigDecimal.valueOf(phase.last.epochSeconds()))
        .add(BigDecimal.valueOf(atSeconds));
  }

  private static boolean moves(String name, Phase phase) {
    BigDecimal before = value(phase.first, name);
    BigDecimal after = value(phase.last, name);
    if (!(isTime(name) || name.contains("_waiting_seconds")) || before == null || after == null) {
      return false;
    }
    return after.compareTo(before) > 0;
  }

  private static boolean isTime(String name) {
    return name.contains("_timestamp_seconds") || name.startsWith("process_start_time_seconds");
  }

  private static @Nullable BigDecimal value(@Nullable Scrape scrape, String name) {
    String text = scrape == null ? null : scrape.values().get(name);
    return text == null || text.equals("NaN") ? null : new BigDecimal(text);
  }

  /// With the labels that the PodMonitor adds; a label of the agent's own goes before.
  private String labelled(String series, String pod) {
    int brace = series.indexOf('{');
    String own = brace < 0 ? "" : series.substring(brace + 1, series.length() - 1);
    if (!own.isEmpty() && !own.endsWith(",")) {
      own += ",";
    }
    StringBuilder labels = new StringBuilder(own);
    Map<String, String> added = new LinkedHashMap<>();
    added.put("job", "logging/" + chart);
    added.put("node", "node-1");
    added.put("namespace", "logging");
    added.put("pod", pod);
    added.forEach(
        (label, value) -> {
          if (!labels.toString().contains(label + "=")) {
            labels.append(label).append("=\"").append(value).append("\",");
          }
        });
    return (brace < 0 ? series : series.substring(0, brace))
        + "{"
        + labels.substring(0, labels.length() - 1)
        + "}";
  }
}
