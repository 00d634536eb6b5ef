package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./longshore release` as it is run, but for Docker and git: a stand-in writes down what Docker
/// is asked, and saves images of its own.
class ReleaseScriptIT {
  private static final Path PROJECT = ProjectFolder.find();
  private static final String DIGEST = "sha256:" + "1f".repeat(32);
  private static final String PREFIX = "registry.example.com/longshore";

  /// A release that was made once, for each test that looks at a part of it.
  @TempDir static Path made;

  private static Result result = new Result(-1, "", "");

  @TempDir Path folder;

  @BeforeAll
  static void release() throws Exception {
    result = run(made, Map.of(), "release", "1.2.3", "--to", "release");
    assertThat(result.code()).as(result.output()).isZero();
  }

  @Test
  void makesEverythingThatAReleaseHas() throws Exception {
    assertThat(files())
        .containsExactly(
            "LICENSE",
            "NOTICE",
            "SHA256SUMS",
            "base-images.env",
            "longshore-agent-1.2.3.cdx.json",
            "longshore-agent-1.2.3.oci.tar",
            "longshore-agent-1.2.3.tgz",
            "longshore-alerting-1.2.3.cdx.json",
            "longshore-alerting-1.2.3.oci.tar",
            "longshore-alerting-1.2.3.tgz",
            "platform-resources-1.2.3.tgz");
    Process check =
        new ProcessBuilder("sha256sum", "--check", "--strict", "SHA256SUMS")
            .directory(made.resolve("release").toFile())
            .redirectErrorStream(true)
            .start();
    String checked = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(checked).isZero();
    assertThat(checked.lines()).hasSize(10);
  }

  @Test
  void theImagesAreMadeOfWhatADigestNames() {
    assertThat(result.calls())
        .contains(
            "--build-arg VERSION=1.2.3",
            "--build-arg BUILD_IMAGE=eclipse-temurin:25-jdk@" + DIGEST,
            "--build-arg BASE_IMAGE=debian:bookworm-slim@" + DIGEST);
    assertThat(made.resolve("release/base-images.env"))
        .hasContent(
            """
            BUILD_IMAGE=eclipse-temurin:25-jdk@%s
            BASE_IMAGE=debian:bookworm-slim@%s
            """
                .formatted(DIGEST, DIGEST));
  }

  @Test
  void theChartsPullTheImagesByTheDigestsOfTheArchives() throws Exception {
    for (String product : Library.PRODUCTS) {
      Path release = made.resolve("release");
      Path work = Files.createDirectories(folder.resolve("work-" + product));
      String digest =
          new OciArchive(work)
              .write(List.of(made.resolve("saved.tar")), "1.2.3", folder.resolve("again.oci.tar"));
      assertThat(release.resolve("longshore-" + product + "-1.2.3.oci.tar"))
          .hasSameBinaryContentAs(folder.resolve("again.oci.tar"));
      unpack(release.resolve("longshore-" + product + "-1.2.3.tgz"));
      Path chart = folder.resolve("charts/longshore-" + product);
      assertThat(chart.resolve("ci")).doesNotExist();
      assertThat(new Helm(chart).lint().strict().call().isFailed()).isFalse();
      String rendered =
          new Helm(chart)
              .template()
              .withKubeVersion("v1.35.0")
              .withValuesFile(
                  PROJECT.resolve("deploy/charts/longshore-" + product + "/ci/minimal-values.yaml"))
              .set("checkReferences", "false")
              .call();
      assertThat(rendered).contains("image: %s/%s@%s".formatted(PREFIX, product, digest));
      assertThat(rendered)
          .contains("app.kubernetes.io/version: 1.2.3", "longshore-" + product + "-1.2.3");
    }
  }

  @Test
  void theBillsOfMaterialsNameTheReleaseAndEachLibraryWithItsDigest() throws Exception {
    for (String product : Library.PRODUCTS) {
      Path file = made.resolve("release/longshore-" + product + "-1.2.3.cdx.json");
      JsonNode bill = new ObjectMapper().readTree(file.toFile());
      assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
      assertThat(bill.at("/metadata/component/version").asText()).isEqualTo("1.2.3");
      assertThat(Files.readString(file)).doesNotContain("SNAPSHOT");
      for (JsonNode component : bill.path("components")) {
        assertThat(component.path("hashes").findValuesAsText("alg")).contains("SHA-256");
      }
    }
  }

  @Test
  void saysWhatIsMissingBeforeItBuilds() throws Exception {
    assertThat(run(Map.of("NO_DIGESTS", "yes"), "release", "1.2.3", "--to", "release"))
        .satisfies(
            it -> {
              assertThat(it.code()).isEqualTo(1);
              assertThat(it.output()).contains("the digest of eclipse-temurin:25-jdk is not known");
              assertThat(it.calls()).doesNotContain("docker build");
            });
    assertThat(run(Map.of("DIRTY", "yes"), "release", "1.2.3", "--to", "release").output())
        .contains("there are changes that are not committed");
    assertThat(run(Map.of("LONGSHORE_IMAGES", ""), "release", "1.2.3").output())
        .contains("LONGSHORE_IMAGES names it");
    assertThat(run(Map.of(), "release", "v1").output()).contains("release requires a version");
    assertThat(run(Map.of(), "release", "1.2.3", "--packed").output())
        .contains("option --packed is for a trial");
    assertThat(folder.resolve("release")).doesNotExist();
  }

  @Test
  void forATrialTheEnginesOwnImagesAreTaken() throws Exception {
    Result trial =
        run(Map.of("NO_DIGESTS", "yes"), "release", "1.2.3", "--unpinned", "--to", "release");

    assertThat(trial.code()).as(trial.output()).isZero();
    assertThat(trial.calls()).contains("--build-arg BASE_IMAGE=debian:bookworm-slim --tag");
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(made.resolve("release"))) {
      return files.map(it -> it.getFileName().toString()).sorted().toList();
    }
  }

  private void unpack(Path chart) throws Exception {
    Path charts = Files.createDirectories(folder.resolve("charts"));
    int code =
        new ProcessBuilder("tar", "-xzf", chart.toString(), "-C", charts.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(code).isZero();
  }

  /// @param calls what Docker was asked, a line each
  private record Result(int code, String output, String calls) {}

  private Result run(Map<String, String> environment, String... arguments) throws Exception {
    return run(folder, environment, arguments);
  }

  private static Result run(Path folder, Map<String, String> environment, String... arguments)
      throws Exception {
    Path saved = SavedImage.write(folder.resolve("saved.tar"), "amd64", false);
    Path calls = Files.writeString(folder.resolve("calls"), "");
    program(
        folder,
        "docker",
        """
        #!/bin/sh
        echo "docker $*" >> '%s'
        case "$*" in
          'image inspect '*) [ -n "$NO_DIGESTS" ] || echo 'docker.io/any@%s' ;;
          'save '*) cp '%s' "$3" ;;
        esac
        """
            .formatted(calls, DIGEST, saved));
    program(
        folder,
        "git",
        """
        #!/bin/sh
        case "$*" in
          *rev-parse*) echo 0123456789ab ;;
          *status*) [ -z "$DIRTY" ] || echo ' M pom.xml' ;;
        esac
        """);
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of("bash", PROJECT.resolve("longshore").toString()),
                        Stream.of(arguments))
                    .toList())
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PATH", folder.resolve("programs") + ":" + System.getenv("PATH"));
    builder.environment().put("LONGSHORE_NO_BUILD", "yes");
    builder.environment().put("LONGSHORE_IMAGES", PREFIX);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output, Files.readString(calls));
  }

  private static void program(Path folder, String name, String text) throws IOException {
    Path program =
        Files.writeString(Files.createDirectories(folder.resolve("programs")).resolve(name), text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
