package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.command.Commands;
import dev.longshore.shared.clock.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: what is imported from ElastAlert is a rule file that loads, and what is not in it is
/// said with its line.
final class ImportCommandTest {
  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... words) throws InterruptedException {
    out.reset();
    err.reset();
    return new Commands(
            Map.of(),
            Clock.system(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(words));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String write(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return file.toString();
  }

  private String frequency(String name) throws IOException {
    return write(
        name,
        """
        name: Many errors
        type: frequency
        index: logs-*
        num_events: 50
        timeframe: {minutes: 5}
        filter:
          - query: {query_string: {query: "level:ERROR"}}
        realert: {hours: 1}
        jira_project: OPS
        """);
  }

  @Test
  void theRulesOfSeveralFilesBecomeOneFileThatCheckAccepts() throws Exception {
    String first = frequency("errors.yaml");
    String again = frequency("other/errors.yaml");
    String silent =
        write(
            "silent.yaml",
            "{name: Silent, type: flatline, index: logs-*, threshold: 1, timeframe: {hours: 1}}");
    Path rules = dir.resolve("rules.yml");

    assertThat(run("import", "elastalert", first, again, silent, "--output", rules.toString()))
        .as(err())
        .isEqualTo(Commands.OK);
    assertThat(out()).isEmpty();
    assertThat(err())
        .contains(first + ":8: realert: an alert is one incident here")
        .contains(first + ":9: jira_project has no counterpart and was left out")
        .contains("3 of 3 rules converted");

    String config = write("alerting.yaml", "rules: [rules.yml]");
    assertThat(run("check", "--config", config)).as(err()).isEqualTo(Commands.OK);
    assertThat(out()).contains("group errors: 1 alerting rules", "group silent: 1 alerting rules");
  }

  @Test
  void aRuleThatCanNotBeConvertedIsSaidAndTheOthersAreThere() throws Exception {
    String good = frequency("errors.yaml");
    String bad =
        write("bad.yaml", "name: Bad\nindex: logs\ntype: any\nfilter:\n  - geo_distance: {}\n");
    assertThat(run("import", "elastalert", good, bad)).isEqualTo(Commands.FAILED);
    assertThat(out()).startsWith("groups:\n  - name: errors\n").doesNotContain("Bad");
    assertThat(err())
        .contains(bad + ":4: not converted: there is no counterpart to the filter")
        .contains("1 of 2 rules converted");
  }

  @Test
  void whatOurRulesDoNotAcceptIsNotConverted() throws Exception {
    String month =
        write(
            "month.yaml",
            "{name: M, type: frequency, index: a, num_events: 3, timeframe: {days: 30}}");
    assertThat(run("import", "elastalert", month)).isEqualTo(Commands.FAILED);
    assertThat(out()).isEmpty();
    assertThat(err()).contains("not converted", "a duration from 1s to 1w");
  }

  @Test
  void aFileThatIsThereIsNotWrittenOver() throws Exception {
    String good = frequency("errors.yaml");
    String there = write("rules.yml", "groups: []");
    assertThat(run("import", "elastalert", good, "--output", there)).isEqualTo(Commands.FAILED);
    assertThat(err()).contains(there + " exists already; name another file");
    assertThat(Files.readString(Path.of(there))).isEqualTo("groups: []");
  }

  @Test
  void aFolderThatIsNotThereIsTold() throws Exception {
    String good = frequency("errors.yaml");
    Path nowhere = Path.of(good).resolveSibling("nowhere");
    assertThat(run("import", "elastalert", good, "--output", nowhere + "/rules.yml"))
        .isEqualTo(Commands.FAILED);
    assertThat(err()).contains("there is no folder " + nowhere);
  }

  @Test
  void namesTheFileThatIsNotJsonAndTheLine() throws Exception {
    String good = write("schedules.json", "{\"data\": []}");
    String cutOff = write("escalations.json", "{\"data\": [\n{\"id\": \"7\",");
    String page = write("login.html", "<html>\n</html>");

    assertThat(run("import", "opsgenie", good, cutOff)).isNotZero();
    assertThat(err()).contains(cutOff + ":2: not JSON: Unexpected end-of-input");
    assertThat(run("import", "grafana-oncall", page, good)).isNotZero();
    assertThat(err()).contains(page + ":1: not JSON: ").doesNotContain("com.fasterxml", "null");
    assertThat(out()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithTheCommandLine() throws Exception {
    assertThat(run("import", "sentry", "a")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("unknown format 'sentry'; expected: import elastalert FILE…");
    assertThat(run("import", "elastalert")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("no file; give rule files of ElastAlert");
    assertThat(run("import", "elastalert", dir.resolve("none.yaml").toString()))
        .isEqualTo(Commands.WRONG);
    assertThat(err()).contains("there is no file").contains("none.yaml");
    assertThat(run("import", "opsgenie", dir.resolve("none.json").toString()))
        .isEqualTo(Commands.WRONG);
  }
}
