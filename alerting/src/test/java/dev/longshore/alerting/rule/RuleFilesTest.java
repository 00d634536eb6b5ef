package dev.longshore.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a broken rule stops no other, its last good version runs on, and it is said so; only
/// what is taken out of a sound file is gone.
final class RuleFilesTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  private RuleFiles files(String... patterns) {
    return new RuleFiles(List.of(patterns), folder, clock);
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), text);
  }

  private static String group(String... rules) {
    return "groups:\n- name: node\n  rules:\n"
        + IntStream.range(0, rules.length)
            .mapToObj(i -> "  - " + rules[i] + "\n")
            .collect(Collectors.joining());
  }

  private static String alert(String name, String expression) {
    return "{alert: " + name + ", expr: '" + expression + "'}";
  }

  /// `group/rule=expression` of all that runs.
  private static List<String> running(RuleSet rules) {
    return rules.groups().stream()
        .flatMap(
            group ->
                group.rules().stream()
                    .map(rule -> group.name() + "/" + rule.name() + "=" + expression(rule)))
        .toList();
  }

  private static String expression(Rule rule) {
    return switch (rule) {
      case AlertingRule it -> it.condition().text();
      case RecordingRule it -> it.expression();
    };
  }

  @Test
  void updates49RulesWhenOneOf50Breaks() throws IOException {
    RuleFiles files = files("node.yml");
    String[] rules = new String[50];
    for (int i = 0; i < 50; i++) {
      rules[i] = alert("Rule" + i, "up == 0");
    }
    write("node.yml", group(rules));
    files.load();

    for (int i = 0; i < 50; i++) {
      rules[i] = alert("Rule" + i, i == 17 ? "up == (" : "up == 1");
    }
    write("node.yml", group(rules));
    Instant broken = clock.now();
    RuleSet loaded = files.load();
    clock.advance(Duration.ofMinutes(5));
    RuleSet again = files.load();

    assertThat(running(loaded)).hasSize(50).containsOnlyOnce("node/Rule17=up == 0");
    assertThat(running(loaded)).filteredOn(it -> it.endsWith("up == 1")).hasSize(49);
    assertThat(loaded.removed()).isEmpty();
    assertThat(again.quarantined())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.id().name()).isEqualTo("Rule17");
              assertThat(it.since()).isEqualTo(broken);
              assertThat(it.running()).isNotNull();
              assertThat(it.toString()).contains("rule 18, \"Rule17\"").contains("unclosed left");
            });
  }

  @Test
  void takesTheRepairedVersion() throws IOException {
    RuleFiles files = files("*.yml");
    write("node.yml", group(alert("A", "up(")));
    assertThat(running(files.load())).isEmpty();
    write("node.yml", group(alert("A", "up")));

    RuleSet loaded = files.load();

    assertThat(running(loaded)).containsExactly("node/A=up");
    assertThat(loaded.quarantined()).isEmpty();
  }

  @Test
  void keepsARuleWhoseNameBroke() throws IOException {
    RuleFiles files = files("*.yml");
    write("node.yml", group(alert("A", "a"), alert("B", "b"), alert("C", "c")));
    files.load();
    write("node.yml", group(alert("A", "a"), "{alrt: B, expr: b2}", alert("C", "c")));

    RuleSet loaded = files.load();

    assertThat(running(loaded)).containsExactly("node/A=a", "node/B=b", "node/C=c");
    assertThat(loaded.removed()).isEmpty();
  }

  @Test
  void keepsAWholeFileThatIsNoYaml() throws IOException {
    RuleFiles files = files("*.yml");
    write("node.yml", group(alert("A", "up")));
    write("other.yml", group(alert("B", "up")).replace("node", "other"));
    files.load();
    write("node.yml", "groups:\n- name: node\n rules: [");

    RuleSet loaded = files.load();

    assertThat(running(loaded)).containsExactly("node/A=up", "other/B=up");
    assertThat(loaded.quarantined())
        .singleElement()
        .satisfies(it -> assertThat(it.toString()).contains("not YAML").contains("runs on"));
  }

  @Test
  void keepsRulesWhenTheKeyAboveThemIsMistyped() throws IOException {
    RuleFiles files = files("*.yml");
    write("node.yml", group(alert("A", "up")));
    files.load();

    write("node.yml", group(alert("A", "up")).replace("groups:", "group:"));
    assertThat(running(files.load())).containsExactly("node/A=up");
    write("node.yml", group(alert("A", "up")).replace("rules:", "rulez:"));
    assertThat(running(files.load())).containsExactly("node/A=up");
    write("node.yml", group(alert("A", "up")).replace("name: node", "nam: node"));
    RuleSet loaded = files.load();
    assertThat(running(loaded)).containsExactly("node/A=up");
    assertThat(loaded.removed()).isEmpty();
  }

  @Test
  void saysWhichRulesAreGoneOnPurpose() throws IOException {
    RuleFiles files = files("*.yml");
    write("node.yml", group(alert("A", "up"), alert("B", "up")));
    write("other.yml", group(alert("C", "up")));
    files.load();
    write("node.yml", group(alert("A", "up")));
    Files.delete(folder.resolve("other.yml"));

    RuleSet loaded = files.load();

    assertThat(running(loaded)).containsExactly("node/A=up");
    assertThat(loaded.removed()).extracting(RuleId::name).containsExactly("B", "C");
    assertThat(files.load().removed()).isEmpty();
  }

  @Test
  void findsFilesByPatterns() throws IOException {
    write("a/one.yml", group(alert("A", "up")));
    write("b/two.yaml", group(alert("B", "up")));
    write("b/deep/three.yml", group(alert("C", "up")));
    write("b/{x}.yml", group(alert("D", "up")));

    assertThat(running(files("*/*.yml").load())).containsExactly("node/A=up", "node/D=up");
    assertThat(running(files("[a-b]/*.y*ml", "b/deep/t?ree.yml").load())).hasSize(4);
    assertThat(running(files(folder + "/a/one.yml", "a/*.yml").load())).hasSize(1);
    assertThat(running(files("b/{x}.yml").load())).containsExactly("node/D=up");
    RuleSet none = files("nothing/*.yml").load();
    assertThat(none.warnings()).singleElement().asString().contains("matches no file");
    assertThat(files("[").load().quarantined()).hasSize(1);
    assertThat(files("a/").load().warnings())
        .singleElement()
        .asString()
        .contains("matches no file: it is a folder; write a/*.yml");
  }

  @Test
  void takesObjectsOfTheClusterAsItTakesFiles() throws IOException {
    write("node.yml", group(alert("A", "up")));
    AtomicReference<RuleObjects> cluster = new AtomicReference<>();
    RuleFiles both = new RuleFiles(List.of("*.yml"), folder, clock, cluster::get);
    cluster.set(objects("up"));
    both.load();

    cluster.set(objects("up =="));
    RuleSet loaded = both.load();
    assertThat(running(loaded)).containsExactly("node/A=up", "shop/B=up");
    assertThat(loaded.quarantined())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.toString())
                  .startsWith("shop/cart (PrometheusRule): group \"shop\", rule 1, \"B\": ");
              assertThat(it.running()).hasToString("shop/cart (PrometheusRule)");
            });
    cluster.set(RuleObjects.NONE);
    assertThat(both.load().removed()).extracting(RuleId::name).containsExactly("B");
  }

  private static RuleObjects objects(String expression) {
    String name = RuleObjects.name("shop", "cart");
    String spec =
        "{\"groups\":[{\"name\":\"shop\",\"rules\":[{\"alert\":\"B\",\"expr\":\""
            + expression
            + "\"}]}]}";
    return new RuleObjects(Map.of(name, RuleReader.readObject(name, spec)), Set.of());
  }

  @Test
  void knowsWhichFilesMayHaveRulesThatAreNotSeen() throws IOException {
    write("sound.yml", group(alert("A", "up")));
    write("broken.yml", group(alert("B", "up =="), alert("C", "up")));
    RuleObjects cluster = new RuleObjects(Map.of(), Set.of("shop"));

    RuleSet loaded = new RuleFiles(List.of("*.yml"), folder, clock, () -> cluster).load();

    assertThat(loaded.mayMissRulesOf(folder.resolve("sound.yml").toString())).isFalse();
    assertThat(loaded.mayMissRulesOf(folder.resolve("broken.yml").toString())).isTrue();
    assertThat(loaded.mayMissRulesOf("shop/cart (PrometheusRule)")).isTrue();
    assertThat(loaded.mayMissRulesOf("monitoring/node (PrometheusRule)")).isFalse();
  }
}
