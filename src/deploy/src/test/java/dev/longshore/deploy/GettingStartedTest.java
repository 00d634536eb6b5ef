package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands of docs/getting-started.md, run as they are written, by our own scripts and by
/// stand-ins for the programs of others, that write down what they are asked; and the images have
/// one name wherever they are named.
class GettingStartedTest {
  private static final Path ROOT = ProjectFolder.find();

  @TempDir Path folder;

  @Test
  void theCommandsForKindRunInTheirOrder() throws Exception {
    Result result = run(commands("bash"));

    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.calls())
        .containsSubsequence(
            "kind create cluster --name longshore --image kindest/node:v1.34.0",
            "docker build --target agent",
            "docker build --target alerting",
            "kind load docker-image --name longshore localhost/longshore/agent:0.1.0"
                + " localhost/longshore/alerting:0.1.0",
            "ansible-playbook --inventory inventories/local",
            "kubectl create deployment checkout",
            "kubectl --namespace elastic exec logs-es-default-0",
            "ansible-playbook --inventory inventories/local",
            "helm uninstall longshore-alerting",
            "kubectl delete namespaces");
    assertThat(result.calls())
        .contains("--tags alerting --extra-vars @%s/slack.yml".formatted(folder));
  }

  @Test
  void theCommandsForMinikubeRun() throws Exception {
    Result result = run(commands("bash minikube"));

    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.calls())
        .containsSubsequence(
            "minikube start --profile longshore",
            "minikube --profile longshore image load localhost/longshore/agent:0.1.0",
            "minikube --profile longshore image load localhost/longshore/alerting:0.1.0");
  }

  @Test
  void theFilesThatThePageWritesAreAcceptedByAlertingsChartAndByAlerting() throws Exception {
    assertThat(run(commands("bash")).code()).isZero();
    JsonNode slack = YamlDocuments.one(folder.resolve("slack.yml"));
    JsonNode rule = YamlDocuments.one(folder.resolve("rule.yml"));
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            "{prometheus: {url: 'http://p:9090'}, rules: %s, routing: %s}"
                .formatted(rule.get("alerting_rules"), slack.get("alerting_routing")));

    assertThat(new Chart("longshore-alerting").render(values)).isNotEmpty();
    Files.writeString(
        folder.resolve("checkout.yaml"), rule.at("/alerting_rules/checkout.yaml").toString());
    assertThat(new RuleFiles(List.of("checkout.yaml"), folder, Clock.system()).load().quarantined())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          images --push      | there is no registry to push to
          images --kind      | option --kind requires the name of a cluster
          images --registry  | images has no option '--registry'
          """)
  void saysWhatIsWrongBeforeItBuilds(String arguments, String sentence) throws Exception {
    Result result = run("./longshore " + arguments);

    assertThat(result.code()).isNotZero();
    assertThat(result.output()).contains(sentence);
    assertThat(result.calls()).doesNotContain("build");
  }

  @Test
  void oneVariableNamesTheRegistryForTheBuildAndForThePlatform() throws Exception {
    Result result =
        run(
            "export LONGSHORE_IMAGES=registry.example.com/team/longshore\n"
                + "./longshore images --push");

    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.calls())
        .contains(
            "docker push registry.example.com/team/longshore/agent:0.1.0",
            "docker push registry.example.com/team/longshore/alerting:0.1.0");
    JsonNode platform = YamlDocuments.one(ROOT.resolve("deploy/platform/group_vars/all/main.yml"));
    assertThat(platform.get("platform_image_prefix").asText())
        .contains("'env', 'LONGSHORE_IMAGES'", "localhost/longshore");
  }

  @Test
  void theChartsPullWhatIsBuiltAndNothingOfAnybodyElse() throws IOException {
    for (String product : List.of("agent", "alerting")) {
      Path chart = new Chart("longshore-" + product).folder();
      assertThat(YamlDocuments.one(chart.resolve("values.yaml")).at("/image/repository").asText())
          .isEqualTo("localhost/longshore/" + product);
      assertThat(YamlDocuments.one(chart.resolve("Chart.yaml")).get("appVersion").asText())
          .isEqualTo("0.1.0");
    }
    assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains("<version>0.1.0-SNAPSHOT<");
  }

  /// The snippets of the page behind a fence, one after the other.
  private static String commands(String fence) throws IOException {
    StringBuilder commands = new StringBuilder();
    boolean within = false;
    for (String line : Files.readAllLines(ROOT.resolve("docs/getting-started.md"))) {
      if (line.startsWith("```")) {
        within = line.equals("```" + fence);
      } else if (within) {
        commands.append(line).append('\n');
      }
    }
    assertThat(commands).isNotEmpty();
    return commands.toString();
  }

  /// @param calls of programs of others, a line each
  private record Result(int code, String output, String calls) {}

  private Result run(String commands) throws Exception {
    Path programs = Files.createDirectories(folder.resolve("programs"));
    for (String name :
        List.of("docker", "kind", "minikube", "kubectl", "helm", "ansible-playbook")) {
      Path program =
          Files.writeString(
              programs.resolve(name),
              """
              #!/bin/sh
              echo "%s $*" >> '%s/calls'
              case "$*" in *'get namespaces'*) printf 'logging alerting' ;; esac
              cat > /dev/null
              """
                  .formatted(name, folder));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (String name : List.of("longshore", "deploy")) {
      Path link = folder.resolve(name);
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, ROOT.resolve(name));
      }
    }
    Path calls = Files.writeString(folder.resolve("calls"), "");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
    builder.environment().remove("LONGSHORE_IMAGES");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output, Files.readString(calls));
  }
}
