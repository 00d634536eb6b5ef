package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.command.Commands;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: a backtest that can't be made says why, and what would be right.
final class BacktestCommandTest {
  @TempDir Path dir;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private String rules = "";

  @BeforeEach
  void writeRules() throws IOException {
    rules =
        write(
            "rules.yml",
            """
            groups:
              - name: shop
                rules:
                  - alert: Errors
                    logs: {query: 'log.level:error', frequency: {num_events: 5}}
                  - {alert: PodDown, expr: up == 0}
            """);
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private int run(String... words) throws InterruptedException {
    err.reset();
    out.reset();
    List<String> all = new ArrayList<>(List.of(words));
    all.addFirst("backtest");
    return new Commands(
            Map.of(),
            new ManualClock(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(all);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "--since yesterday ~ neither so long ago, such as 14d, nor a time such as",
        "--since 1h --until 2h ~ is not before --until",
        "--until 2099-01-01T00:00:00Z ~ is not past yet",
        "--since 500d ~ is more than",
        "--interval 10ms ~ between 1s and 1d is accepted",
        "--for 5m,soon ~ not a valid duration string: \"soon\"",
        "--threshold 5,many ~ 'many' is no number; write such as 10,50",
        "--time-zone Middle/Earth ~ is no time zone; write such as Europe/Berlin or UTC",
        "--output xml ~ is neither text nor json",
        "--rule PodUp ~ there is no rule 'PodUp'; there are Errors, PodDown",
        "--elasticsearch elsewhere ~ is not of the form http://HOST:PORT",
      })
  void refusesWhatItDoesNotUnderstand(String options, String why) throws Exception {
    List<String> words = new ArrayList<>(List.of(options.split(" ")));
    if (!options.contains("--elasticsearch")) {
      words.addAll(List.of("--elasticsearch", "http://127.0.0.1:1"));
    }
    words.add(rules);
    assertThat(run(words.toArray(String[]::new))).isEqualTo(Commands.WRONG);
    assertThat(err()).contains(why);
  }

  @Test
  void asksWhereElasticsearchAndTheRulesAre() throws Exception {
    assertThat(run(rules)).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("where is Elasticsearch?");
    String bare = write("bare.yaml", "rules: [rules.yml]");
    assertThat(run("--config", bare)).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("has no section `elasticsearch`");
    assertThat(run("--elasticsearch", "http://127.0.0.1:1")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("no rule file");
    assertThat(run("--elasticsearch", "http://127.0.0.1:1", dir.resolve("none.yml").toString()))
        .isEqualTo(Commands.WRONG);
    assertThat(err()).contains("there is no rule file").contains("none.yml");
  }

  @Test
  void saysWhichRulesAreLeftOut() throws Exception {
    assertThat(run("--elasticsearch", "http://127.0.0.1:1", "--rule", "PodDown", rules))
        .isEqualTo(Commands.FAILED);
    assertThat(err())
        .contains("group shop: 1 metric rule is left out; their history is Prometheus'")
        .contains("There is no log rule");
  }

  @Test
  void aBrokenRuleIsToldWithItsLine() throws Exception {
    String broken = write("broken.yml", "groups: [{name: a, rules: [{alert: X}]}]");
    assertThat(run("--elasticsearch", "http://127.0.0.1:1", broken)).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("broken.yml:1");
  }

  @Test
  void saysThatElasticsearchIsAway() throws Exception {
    String nobody = "http://127.0.0.1:" + FreePorts.one();
    assertThat(run("--elasticsearch", nobody, "--since", "2h", "--output", "json", rules))
        .isEqualTo(Commands.FAILED);
    assertThat(err()).contains("rules.yml:4: Errors: ").contains(nobody);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"rule\" : \"Errors\"", "\"error\"");
  }
}
