package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The script and the agent's command line say clearly what is wrong, and what would be right.
final class ScriptE2E {
  @TempDir Path folder;

  @Test
  void findsItsJdkWhenJavaHomeIsAnotherOne() throws Exception {
    Path config = goodConfiguration();

    var check =
        CommandLine.longshore(
            Duration.ofMinutes(1),
            Map.of("JAVA_HOME", "/nonexistent"),
            "agent",
            "--check",
            "--config",
            config.toString());

    assertThat(check.exit()).as(check.output()).isZero();
    assertThat(check.output()).contains("configuration is valid");
  }

  @Test
  void saysHowToGetAJdkWhenThereIsNone() throws Exception {
    // The script as it is, but its list of places to look in is empty.
    String script = Files.readString(ProjectFolder.find().resolve("longshore"));
    Path elsewhere = folder.resolve("longshore");
    Files.writeString(
        elsewhere, script.replaceAll("/usr/lib/jvm/\\*|/opt/[^ ]*|/usr/local/[^ ]*", ""));

    var build =
        CommandLine.run(
            Duration.ofMinutes(1),
            Map.of("JAVA_HOME", "", "HOME", folder.toString(), "LONGSHORE_NO_BUILD", ""),
            folder,
            List.of("bash", elsewhere.toString(), "build"));

    assertThat(build.exit()).isEqualTo(1);
    assertThat(build.output()).contains("JDK 25").contains("JAVA_HOME").contains("Temurin");
  }

  @Test
  void saysAllThatIsWrongWithAConfigurationAtOnce() throws Exception {
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        buffer:
          dir: %s
          maxSiz: 1GiB
        elasticsearch:
          urls: ["ftp://elasticsearch:21"]
        tails: {}
        """
            .formatted(folder.resolve("buffer")));

    var check =
        CommandLine.longshore(
            Duration.ofMinutes(1), Map.of(), "agent", "--check", "--config", config.toString());

    assertThat(check.exit()).isEqualTo(2);
    assertThat(check.output())
        .contains("agent.yaml:3")
        .contains("maxSize")
        .contains("agent.yaml:5")
        .contains("ftp://elasticsearch:21")
        .contains("agent.yaml:6")
        .contains("tail");
  }

  @Test
  void saysInOneLineThatTheBuffersFolderCantBeUsed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path config = goodConfiguration();
    Files.writeString(
        config, Files.readString(config).replace(folder.resolve("buffer").toString(), file + "/b"));

    var agent =
        CommandLine.longshore(
            Duration.ofMinutes(1), Map.of(), "agent", "--config", config.toString());

    assertThat(agent.exit()).isEqualTo(1);
    assertThat(agent.output())
        .contains("buffer.dir " + file + "/b can't be used: Not a directory")
        .doesNotContain("stack_trace", "Exception");
  }

  @Test
  void namesTheCommandsWhenOneIsUnknown() throws Exception {
    var unknown = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "ship");

    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.output()).contains("unknown command 'ship'").contains("demo, search");
  }

  @Test
  void namesTheNearestCommandForATypo() throws Exception {
    var typo = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "agnet");

    assertThat(typo.exit()).isEqualTo(2);
    assertThat(typo.output()).contains("unknown command 'agnet'; did you mean 'agent'?");
    assertThat(typo.output().lines()).hasSizeLessThan(3);
  }

  /// The checkout is where the script is, and not where somebody stands.
  @Test
  void findsItsCheckoutFromAnyFolder() throws Exception {
    String script = ProjectFolder.find().resolve("longshore").toString();

    var search =
        CommandLine.run(Duration.ofMinutes(1), Map.of(), folder, List.of(script, "search", "x"));
    var demo =
        CommandLine.run(
            Duration.ofMinutes(1),
            Map.of(),
            folder,
            List.of(script, "demo", "--for", "5s", "--elasticsearch", "http://127.0.0.1:1"));

    assertThat(search.output()).doesNotContain("Exception", "no Longshore checkout");
    assertThat(demo.output()).contains("no Elasticsearch answers at http://127.0.0.1:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dashboards",
        "dashboards import",
        "dashboards import --kibana=es",
        "images --kid",
        "release",
        "release one",
        "test --without foo",
        "build all",
        "notice --refresh",
        "version 2",
        "demo now",
        "demo --for=soon",
        "search --limit=0 x",
        "search error AND fatal",
        "torture --for=1s",
        "bench --trickle --runs=x",
        "agent check --config=",
        "agent check none.yml",
        "search --limit 0 x",
        "agent explain shop",
        "agent --config=a --config=b"
      })
  void aCommandLineThatIsWrongHasTheExitCodeOfOne(String line) throws Exception {
    var wrong = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), line.split(" ", -1));

    assertThat(wrong.exit()).as(wrong.output()).isEqualTo(2);
    assertThat(wrong.output()).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO_COLOR=1", "TERM=dumb"})
  void aTerminalHasNoColorsWhereNobodyWantsThem(String setting) throws Exception {
    String typo = "env %s ./longshore agnet".formatted(setting);

    var plain =
        CommandLine.run(
            Duration.ofMinutes(1),
            Map.of("TERM", "xterm"),
            ProjectFolder.find(),
            List.of("script", "--quiet", "--return", "--command", typo, "/dev/null"));

    assertThat(plain.exit()).isEqualTo(2);
    assertThat(plain.output()).contains("did you mean 'agent'?").doesNotContain("\u001b");
  }

  @Test
  void anOutputThatIsLostIsAFailure() throws Exception {
    var help =
        CommandLine.run(
            Duration.ofMinutes(1),
            Map.of(),
            ProjectFolder.find(),
            List.of(
                "bash",
                "-c",
                "./longshore agent check --config=\"$1\" >/dev/full",
                "check",
                goodConfiguration().toString()));

    assertThat(help.exit()).isEqualTo(1);
    assertThat(help.output()).contains("the standard output can't be written: No space left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent", "alerting"})
  void aProductThatIsAskedForItsVersionDoesNotStart(String product) throws Exception {
    var version =
        CommandLine.longshore(
            Duration.ofMinutes(1), Map.of(), product, "--config", "none.yml", "--version");

    assertThat(version.exit()).as(version.output()).isZero();
    assertThat(version.output()).contains("longshore " + product);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent --config none.yml --help",
        "agent --check --config none.yml -h",
        "agent help check",
        "alerting --config none.yml -h",
        "alerting help explain"
      })
  void aProductThatIsAskedForHelpGivesIt(String line) throws Exception {
    var help = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), line.split(" ", -1));

    assertThat(help.exit()).as(help.output()).isZero();
    assertThat(help.output()).startsWith("usage: longshore a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version"})
  void saysItsVersionAndCommit(String command) throws Exception {
    var version = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), command);

    assertThat(version.exit()).isZero();
    assertThat(version.output())
        .matches("longshore \\d+\\.\\d+\\.\\d+(-SNAPSHOT)? \\(revision \\w+\\)\\s*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "search",
        "torture",
        "bench",
        "build",
        "fleet",
        "migrate",
        "dashboards",
        "release",
        "vulnerabilities"
      })
  void helpsWithEachCommandWithAllThatTheMapSaysOfIt(String command) throws Exception {
    var all = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "help");
    var help = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), command, "--help");

    List<String> lines = all.output().lines().toList();
    int first =
        lines.indexOf(
            lines.stream()
                .filter(it -> it.startsWith("  " + command + " "))
                .findFirst()
                .orElseThrow());
    assertThat(
            lines.subList(first + 1, lines.size()).stream().takeWhile(it -> it.startsWith("    ")))
        .allSatisfy(it -> assertThat(help.output()).contains(it.strip()));

    assertThat(help.exit()).as(help.output()).isZero();
    assertThat(help.output()).startsWith("usage: ./longshore " + command);
  }

  @Test
  void importsTheDashboardsIntoKibanaWithALoginThatIsInNoArgument() throws Exception {
    List<String> requests = new CopyOnWriteArrayList<>();
    HttpServer kibana =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    kibana.createContext(
        "/",
        http -> {
          try (http) {
            String who = http.getRequestHeaders().getFirst("Authorization");
            String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(http.getRequestURI() + " " + body.contains("longshore-overview"));
            byte[] answer =
                "{\"success\":true,\"successCount\":11}".getBytes(StandardCharsets.UTF_8);
            boolean known = "ApiKey c2VjcmV0".equals(who);
            http.sendResponseHeaders(known ? 200 : 401, known ? answer.length : -1);
            if (known) {
              http.getResponseBody().write(answer);
            }
          }
        });
    kibana.start();
    try {
      String url = "http://127.0.0.1:" + kibana.getAddress().getPort();
      var stranger =
          CommandLine.longshore(
              Duration.ofMinutes(1), Map.of(), "dashboards", "import", "--kibana", url);
      assertThat(stranger.exit()).isEqualTo(1);
      assertThat(stranger.output()).contains("KIBANA_API_KEY");

      var imported =
          CommandLine.longshore(
              Duration.ofMinutes(1),
              Map.of("KIBANA_API_KEY", "c2VjcmV0"),
              "dashboards",
              "import",
              "--kibana",
              url + "/",
              "--space",
              "ops");
      assertThat(imported.exit()).as(imported.output()).isZero();
      assertThat(requests.getLast())
          .isEqualTo("/s/ops/api/saved_objects/_import?overwrite=true true");
    } finally {
      kibana.stop(0);
    }
  }

  @Test
  void givesKibanaThePasswordAsItIs() throws Exception {
    List<String> logins = new CopyOnWriteArrayList<>();
    HttpServer kibana =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    kibana.createContext(
        "/",
        http -> {
          try (http) {
            logins.add(String.valueOf(http.getRequestHeaders().getFirst("Authorization")));
            http.sendResponseHeaders(401, -1);
          }
        });
    kibana.start();
    try {
      CommandLine.longshore(
          Duration.ofMinutes(1),
          Map.of("KIBANA_USERNAME", "elastic", "KIBANA_PASSWORD", "a\"b\\n c#"),
          "dashboards",
          "import",
          "--kibana=http://127.0.0.1:" + kibana.getAddress().getPort());
    } finally {
      kibana.stop(0);
    }

    byte[] expected = "elastic:a\"b\\n c#".getBytes(StandardCharsets.UTF_8);
    assertThat(logins).containsExactly("Basic " + Base64.getEncoder().encodeToString(expected));
  }

  /// The second would write over the jars of the first while that one packs them.
  @Test
  void twoBuildsInOneCheckoutAreOne() throws Exception {
    Path checkout = Files.createDirectories(folder.resolve("check out"));
    for (String name : List.of("agent", "alerting", "src", ".mvn")) {
      Files.createDirectories(checkout.resolve(name));
    }
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.copy(ProjectFolder.find().resolve("longshore"), checkout.resolve("longshore"));
    program(checkout.resolve("longshore"), null);
    program(
        checkout.resolve("mvnw"),
        "echo begin >>builds; sleep 2; mkdir -p agent/target; echo end >>builds");
    Path jdk = folder.resolve("jdk 25");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    program(jdk.resolve("bin/java"), "exit 0");
    program(jdk.resolve("bin/javac"), "exit 0");

    var builds =
        CommandLine.run(
            Duration.ofMinutes(1),
            Map.of("JAVA_HOME", jdk.toString(), "LONGSHORE_NO_BUILD", ""),
            checkout,
            List.of("bash", "-c", "./longshore build & sleep 0.5; ./longshore build; wait"));

    assertThat(builds.output()).contains("waiting for another build");
    assertThat(checkout.resolve("builds")).hasContent("begin\nend");
  }

  private static void program(Path file, @Nullable String text) throws IOException {
    if (text != null) {
      Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void saysOfEachTagOfATestWhatItNeeds() throws Exception {
    var help = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "test", "--help");

    assertThat(help.exit()).as(help.output()).isZero();
    assertThat(tagsOfTests())
        .contains("cluster", "schemas")
        .allSatisfy(tag -> assertThat(help.output()).containsPattern("(?m)^  " + tag + " {2,}"));
  }

  @Test
  void refusesToLeaveOutWhatNoTestNeeds() throws Exception {
    var test = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "test", "--without", "luck");

    assertThat(test.exit()).isEqualTo(2);
    assertThat(test.output()).contains("'luck'").contains("cluster");
  }

  private static Set<String> tagsOfTests() throws IOException {
    Pattern tag = Pattern.compile("@Tag\\(\"(\\w+)\"\\)");
    Set<String> tags = new TreeSet<>();
    try (Stream<Path> files =
        Files.find(
            ProjectFolder.find(),
            Integer.MAX_VALUE,
            (file, _) -> file.toString().matches(".*/src/test/java/.*\\.java"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        tag.matcher(Files.readString(file)).results().forEach(found -> tags.add(found.group(1)));
      }
    }
    return tags;
  }

  private Path goodConfiguration() throws Exception {
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        kubernetes:
          enabled: false
        buffer:
          dir: %s
        """
            .formatted(folder.resolve("buffer")));
    return config;
  }
}
