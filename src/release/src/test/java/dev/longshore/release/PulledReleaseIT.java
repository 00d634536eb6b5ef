package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a release's chart names, a real Docker engine pulls from a registry that has the release's
/// archive: by its digest, for its own platform, and nothing else in its place.
@Tag("docker")
final class PulledReleaseIT {
  private static final Pattern IMAGE = Pattern.compile("image: \"?([^\"\\s]+@sha256:[0-9a-f]{64})");

  @TempDir Path folder;

  private final List<String> pulled = new ArrayList<>();
  private RegistryStandIn registry;
  private String digest;

  @BeforeEach
  void release() throws IOException {
    registry = new RegistryStandIn();
    Path archive = folder.resolve("agent.oci.tar");
    digest =
        new OciArchive(Files.createTempDirectory(folder, "work"))
            .write(
                List.of(
                    SavedImage.write(folder.resolve("amd64.tar"), "amd64", false),
                    SavedImage.write(folder.resolve("arm64.tar"), "arm64", false)),
                "1.2.3",
                archive);
    registry.add(archive);
  }

  @AfterEach
  void close() throws Exception {
    registry.close();
    forget();
  }

  private void forget() throws Exception {
    for (String image : pulled) {
      docker("image", "rm", image);
    }
    pulled.clear();
  }

  @Test
  void theImageThatTheChartNamesIsPulledForEachPlatform() throws Exception {
    String image = imageOfTheChart();
    assertThat(image).isEqualTo(registry.host() + "/longshore/agent@" + digest);

    for (String platform : List.of("amd64", "arm64")) {
      Result pull = docker("pull", "--platform", "linux/" + platform, image);
      assertThat(pull.code()).as(pull.output()).isZero();
      pulled.add(image);
      // An engine keeps one platform of a digest.
      assertThat(
              docker("image", "inspect", "--format", "{{.Architecture}} {{.RepoDigests}}", image)
                  .output())
          .startsWith(platform)
          .contains(digest);
      forget();
    }
  }

  @Test
  void whatIsNotOfTheDigestIsNotRun() throws Exception {
    // Layers and configurations of an earlier pull would not be asked for again.
    registry.damage(registry.read(digest).at("/manifests/0/digest").asText());
    String image = imageOfTheChart();
    pulled.add(image);

    Result pull = docker("pull", "--platform", "linux/amd64", image);

    assertThat(pull.code()).as(pull.output()).isNotZero();
  }

  private String imageOfTheChart() throws Exception {
    Path chart = ProjectFolder.find().resolve("deploy/charts/longshore-agent");
    new ChartPackage(chart, "1.2.3")
        .write(new ChartPackage.Image(registry.host() + "/longshore/agent", digest), folder);
    Path charts = Files.createDirectories(folder.resolve("charts"));
    Result unpacked =
        run(
            List.of(
                "tar",
                "-xzf",
                folder.resolve("longshore-agent-1.2.3.tgz").toString(),
                "-C",
                charts.toString()));
    assertThat(unpacked.code()).as(unpacked.output()).isZero();
    Matcher image =
        IMAGE.matcher(
            new Helm(charts.resolve("longshore-agent"))
                .template()
                .withKubeVersion("v1.35.0")
                .withValuesFile(chart.resolve("ci/minimal-values.yaml"))
                .set("checkReferences", "false")
                .call());
    assertThat(image.find()).isTrue();
    return image.group(1);
  }

  private record Result(int code, String output) {}

  private static Result docker(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static Result run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output);
  }
}
