package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an environment lays over the values of a chart is compared with the chart before anything
/// is changed.
@Tag("ansible")
final class PlatformValuesIT {
  private static final List<String> OURS =
      List.of("longshore-agent", "longshore-alerting", "platform-resources");

  @TempDir Path folder;

  @Test
  void namesEachKeyThatOurChartsDoNotHaveWithItsFileAndWhatIsAccepted() throws Exception {
    Path inventory = inventory("agent_values:\n  elasticsearch: {service: {nam: logs}}\n");

    Run run =
        new Playbook(folder.resolve("records"), "local")
            .ofInventory(inventory)
            .with("-e", "{alerting_values: {replica: 2, persistence: {enabled: 'yes'}}}")
            .with("-e", "{gateway_values: {gateway: {hosts: [{nme: x}]}}}")
            .run();

    assertRefused(run);
    assertThat(run.output().replaceAll("\\s+", " ").replace("''", "'"))
        .contains(
            inventory
                + "/group_vars/cluster/main.yml: unknown key agent_values.elasticsearch.service.nam; did you mean 'name'?")
        .contains("Unknown key alerting_values.replica; did you mean 'replicas'?")
        .contains("alerting_values.persistence.enabled is \"yes\"; accepted is: boolean.")
        .contains("Unknown key gateway_values.gateway.hosts[0].nme; did you mean 'name'?");
  }

  @Test
  void whatHelmSaysOfAChartOfOthersIsSaidBeforeAnythingIsChanged() {
    Run run =
        new Playbook(folder, "local")
            .with("-e", "{cert_manager_values: {replica: 2}, trust_manager_values: {}}")
            .where("LONGSHORE_FAILS", "helm template cert-manager")
            .run();

    assertRefused(run);
    assertThat(run.output().replaceAll("\\s+", " "))
        .contains(
            "The chart cert_manager can not be rendered with what cert_manager_values lays over"
                + " its values: Error: it was told to fail");
    Call rendered = rendered(run, "cert-manager");
    assertThat(rendered.option("--version"))
        .isEqualTo(Lock.components().at("/cert_manager/version").asText());
    assertThat(rendered.given()).contains("\"replica\": 2");
    assertThat(run.calls())
        .as("charts of others are not fetched for nothing")
        .noneMatch(it -> it.arguments().contains("trust-manager"));
  }

  @Test
  void aChartIsComparedWithTheValuesThatItIsPutWith() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "agent")
            .with("-e", "{agent_values: {podLabels: {team: shop}}}")
            .run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(rendered(run, "longshore-agent").given())
        .contains("\"team\": \"shop\"")
        .isEqualTo(run.releases().getFirst().given());
  }

  @Test
  void whatTheChartsAreTriedWithIsAccepted() throws Exception {
    List<String> arguments = new ArrayList<>();
    Path ours = ProjectFolder.find().resolve("src/deploy/src/test/resources/values");
    for (String name : OURS) {
      Path chart = Chart.deployFolder().resolve("charts").resolve(name);
      List<Path> files = new ArrayList<>(List.of(chart.resolve("values.yaml")));
      try (Stream<Path> tried = Files.list(chart.resolve("ci"));
          Stream<Path> more = Files.list(ours)) {
        tried.forEach(files::add);
        more.filter(it -> it.getFileName().toString().startsWith(name)).forEach(files::add);
      }
      assertThat(files).hasSizeGreaterThan(3);
      files.forEach(
          it -> arguments.addAll(List.of(chart.resolve("values.schema.json").toString(), "" + it)));
    }

    assertThat(
            python(
                """
                import yaml
                from chart_values import chart_values_problems
                for schema, values in zip(sys.argv[2::2], sys.argv[3::2]):
                    with open(schema) as s, open(values) as v:
                        for it in chart_values_problems(yaml.safe_load(v) or {}, s.read(), "values"):
                            print(values, it)
                """,
                arguments))
        .isEmpty();
  }

  @Test
  void aChartOfOursIsPutAgainWhenTheNameOrContentOfOneOfItsFilesIsAnother() throws Exception {
    Path chart = folder.resolve("chart");
    Files.createDirectories(chart.resolve("templates"));
    Path file = Files.writeString(chart.resolve("templates/a.yaml"), "kind: Service");
    List<String> checksums = new ArrayList<>(List.of(checksum(chart), checksum(chart)));
    assertThat(checksums.stream().distinct()).hasSize(1);

    Files.writeString(file, "kind: Secret");
    checksums.add(checksum(chart));
    Files.move(file, file.resolveSibling("b.yaml"));
    checksums.add(checksum(chart));
    Files.writeString(file, "");
    checksums.add(checksum(chart));

    assertThat(checksums.stream().distinct()).hasSize(4);
  }

  private static String checksum(Path chart) throws Exception {
    return python(
        """
        from folder_checksum import folder_checksum
        print(folder_checksum(sys.argv[2]))
        """,
        List.of(chart.toString()));
  }

  /// @return what a program prints that may import the playbook's filters
  private static String python(String program, List<String> arguments) throws Exception {
    Path filters = Chart.deployFolder().resolve("platform/filter_plugins");
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                "-Bc",
                "import sys\nsys.path.insert(0, sys.argv[1])\n" + program,
                filters.toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /// The environment `local` with further variables in its file.
  private Path inventory(String more) throws IOException {
    Path local = Chart.deployFolder().resolve("platform/inventories/local");
    Path copy = folder.resolve("inventories/trial");
    try (Stream<Path> files = Files.walk(local)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(local.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Path main = copy.resolve("group_vars/cluster/main.yml");
    Files.writeString(main, Files.readString(main) + more);
    return copy;
  }

  private static Call rendered(Run run, String release) {
    return run.calls().stream()
        .filter(it -> it.toString().startsWith("helm template " + release + " "))
        .findFirst()
        .orElseThrow();
  }

  private static void assertRefused(Run run) {
    assertThat(run.code()).as(run.output()).isNotZero();
    assertThat(run.releases()).isEmpty();
    assertThat(run.calls()).noneMatch(it -> it.arguments().contains("apply"));
  }
}
