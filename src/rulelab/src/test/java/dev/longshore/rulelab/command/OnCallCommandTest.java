package dev.longshore.rulelab.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.command.Commands;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.ProjectFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: from the files alone, the command says who is on call, and who would be told of an
/// alert and when.
final class OnCallCommandTest {
  private static final Path EXAMPLE = ProjectFolder.find().resolve("docs/oncall/alerting.yml");

  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void showSaysWhoIsOnCallNowNextAndOverTheNextDays() throws Exception {
    assertThat(oncall("show", "--at", "2026-11-27T11:00:00Z", "--days", "4")).isZero();
    assertThat(out())
        .isEqualTo(
            """
            shop (Europe/Berlin): carol is on call now, alice next
              Fri 2026-11-27 12:00 – Fri 2026-11-27 17:00  carol
              Fri 2026-11-27 17:00 – Sat 2026-11-28 09:00  alice
              Sat 2026-11-28 09:00 – Mon 2026-11-30 09:00  bob
              Mon 2026-11-30 09:00 – Mon 2026-11-30 17:00  carol
              Mon 2026-11-30 17:00 – Tue 2026-12-01 09:00  bob
              Tue 2026-12-01 09:00 – Tue 2026-12-01 12:00  carol
            """);
  }

  @Test
  void testSaysWhoWouldBeToldAndThatAnAcknowledgementStopsIt() throws Exception {
    String at = "2026-11-24T11:00:00Z";
    assertThat(oncall("test", "--labels", "severity=page", "--at", at, "--acknowledge-after", "7m"))
        .isZero();
    assertThat(out())
        .contains(
            "     30s  step 1 of shop: carol, on call in shop, is notified by carol-phone;",
            "     30s  → carol-phone webhook[0]\n",
            "   5m30s  step 2 of shop: alice, on call next in shop, is notified by alice-phone;",
            "      7m  the escalation shop is stopped: somebody has acknowledged the group")
        .doesNotContain("step 3", "managers webhook");

    assertThat(oncall("test", "--labels", "severity=page", "--at", at, "--for", "20m")).isZero();
    assertThat(out()).contains("  15m30s  step 3 of shop: carol, is notified by carol-phone;");

    assertThat(oncall("test", "--labels", "severity=ticket", "--at", at)).isEqualTo(1);
    assertThat(err()).contains("nothing is escalated");
  }

  @Test
  void whatCanNotBeTriedIsSaid() throws Exception {
    assertThat(run("oncall", "show")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("option --config is required");
    assertThat(run("oncall", "shwo", "--config", EXAMPLE.toString())).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("unknown action 'shwo'");
    assertThat(oncall("show", "--at", "noon")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("--at noon is not a time");
    assertThat(oncall("show", "--days", "0")).isEqualTo(Commands.WRONG);
    assertThat(oncall("test")).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("option --labels is required");
    assertThat(oncall("test", "--labels", "severity=~page")).isEqualTo(Commands.WRONG);
    String without = write("without.yml", "routing: alertmanager.yml\n");
    assertThat(run("oncall", "show", "--config", without)).isEqualTo(Commands.WRONG);
    assertThat(err()).contains("names no on-call file");
  }

  @Test
  void checkWarnsOfAGapAndRefusesWhoIsNowhere() throws Exception {
    write(
        "alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}, {name: other}]\n");
    String config = write("alerting.yml", "routing: alertmanager.yml\noncall: oncall.yml\n");
    String gap =
        """
        people: [{name: alice, receivers: [none]}]
        rotations:
          - name: shop
            layers: [{people: [alice], start: 2026-11-23, hours: ["09:00-17:00"]}]
        """;
    write("oncall.yml", gap);
    assertThat(run("check", "--offline", "--config", config)).isZero();
    assertThat(out())
        .contains(
            "oncall.yml: 1 people, 1 rotations, 0 escalations",
            "oncall.yml, line 3: nobody is on call in rotation shop from Mon 2026-11-23 06:00 to"
                + " Mon 2026-11-23 09:00 (UTC), and 28 times more; add a layer, or write gapsAllowed: true");

    write("oncall.yml", gap + "    gapsAllowed: true\n");
    assertThat(run("check", "--offline", "--config", config)).isZero();
    assertThat(out()).doesNotContain("nobody is on call");

    write(
        "oncall.yml",
        gap + "escalations: [{name: e, receivers: [other], steps: [{people: [alice]}]}]\n");
    assertThat(run("check", "--offline", "--config", config)).isZero();
    assertThat(out())
        .contains(
            "oncall.yml, line 5: no route goes to other, whose groups the escalation e is for");

    write("oncall.yml", gap.replace("people: [alice]", "people: [bob]"));
    assertThat(run("check", "--offline", "--config", config)).isEqualTo(2);
    assertThat(err()).contains("oncall.yml:4", "there is no person 'bob'; known: alice");
  }

  private int oncall(String action, String... more) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("oncall", action, "--config", EXAMPLE.toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private int run(String... words) throws InterruptedException {
    out.reset();
    err.reset();
    return new Commands(
            Map.of(),
            new ManualClock(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(words));
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
