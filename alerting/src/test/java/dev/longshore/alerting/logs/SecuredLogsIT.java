package dev.longshore.alerting.logs;

import static dev.longshore.alerting.logs.LogRig.FIVE;
import static dev.longshore.alerting.logs.LogRig.MINUTE;
import static dev.longshore.alerting.logs.LogRig.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.ElasticRoles;
import dev.longshore.testkit.ElasticRoles.Privilege;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ElasticsearchServer.ApiKey;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The role that users get is what alerting needs and no more, and a secret may be replaced while
/// alerting runs.
@ResourceLock(LogRig.ALL_LOGS)
final class SecuredLogsIT {
  private static final ElasticsearchServer SERVER = ElasticsearchServer.secured();
  private static final String ROLE = "longshore_alerting";

  private final Elastic superuser = new Elastic(SERVER.config(), Clock.system());
  private final String cluster = "it-" + UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-secured." + cluster.replace('-', '_') + "-default";
  private final List<String> failed = new ArrayList<>();

  @TempDir Path folder;

  @BeforeEach
  void line() throws IOException {
    new DataStreamTemplate(superuser, stream, null).install();
    call(
        "/" + stream + "/_bulk?refresh=true",
        """
        {"create":{}}
        {"@timestamp":"%s","message":"card refused","log.level":"error"}
        """
            .formatted(NOW.minusSeconds(60)));
    new Watermarks(superuser).put(new Watermark(cluster, "node-1", NOW, NOW, false, List.of()));
    call("/" + Watermarks.INDEX + "/_refresh", "");
  }

  @AfterEach
  void clean() throws IOException {
    superuser.request("DELETE", "/_data_stream/" + stream, null);
    superuser.close();
  }

  private void call(String path, String body) throws IOException {
    Elastic.Response reply =
        superuser.request(
            "POST", path, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused("POST " + path);
    }
  }

  private LogCondition errors() {
    return new LogCondition(
        "log.level:error", stream, List.of(), FIVE, null, new LogPredicate.Any());
  }

  private static LogAnswer ask(LogSource source, LogCondition condition) {
    return source.ask(
        new LogQuestion(condition, NOW, MINUTE, Duration.ZERO, LogProgress.from(null)));
  }

  /// At the time at which rules are asked.
  private static ManualClock clock() {
    ManualClock clock = new ManualClock();
    clock.advance(Duration.between(ManualClock.START, NOW));
    return clock;
  }

  private interface Task {
    boolean works() throws Exception;
  }

  private void task(String what, Task task) {
    try {
      if (!task.works()) {
        failed.add(what);
      }
    } catch (Exception e) {
      failed.add(what + ": " + e.getMessage());
    }
  }

  /// All that alerting asks of Elasticsearch: whether a rule is sound, what it finds, the lines of
  /// a message, and how far agents are.
  private void read(ElasticConfig config) {
    try (Elastic elastic = new Elastic(config, Clock.system())) {
      ElasticLogSource source =
          new ElasticLogSource(LogsConfig.defaults().withDelay(Duration.ZERO), elastic, clock());
      task("check a rule", () -> source.sound(errors()) instanceof LogAnswer.Seen);
      task("evaluate a rule", () -> ask(source, errors()) instanceof LogAnswer.Seen);
      task(
          "show the lines of a message",
          () -> !source.evidence(errors(), Labels.EMPTY, NOW).samples().isEmpty());
      task("read watermarks", () -> !new Watermarks(elastic).all(cluster).isEmpty());
      task(
          "read reports of nodes",
          () -> {
            new NodeReports(elastic).since(null, NOW);
            return true;
          });
    }
  }

  static List<Privilege> ofAlerting() {
    return ElasticRoles.privileges(ROLE);
  }

  @ParameterizedTest
  @MethodSource("ofAlerting")
  void alertingNeedsEachOfItsPrivileges(Privilege privilege) {
    read(SERVER.config(privilege.userWithout()));

    assertThat(failed).isNotEmpty();
  }

  @Test
  void alertingMayDoAllThatItsRulesTake() {
    read(SERVER.configOf(ROLE));

    assertThat(failed).isEmpty();
  }

  @Test
  void alertingMayWriteNothing() throws IOException {
    try (Elastic elastic = new Elastic(SERVER.configOf(ROLE), Clock.system())) {
      assertThat(status(elastic, "/" + stream + "/_create/one", "{\"@timestamp\":\"2026-11-23\"}"))
          .isEqualTo(403);
      assertThat(status(elastic, "/_index_template/x", "{\"index_patterns\":[\"x\"]}"))
          .isEqualTo(403);
    }
  }

  private static int status(Elastic elastic, String path, String body) throws IOException {
    return elastic.request("PUT", path, body.getBytes(StandardCharsets.UTF_8)).status();
  }

  private void rotate(ElasticConfig config, Path file, String wrong, String right)
      throws IOException {
    try (Elastic elastic = new Elastic(config, Clock.system())) {
      LogSource source =
          new ElasticLogSource(LogsConfig.defaults().withDelay(Duration.ZERO), elastic, clock());
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Seen.class);
      replace(file, wrong);
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Unavailable.class);
      replace(file, right);
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Seen.class);
    }
  }

  private void replace(Path file, String text) throws IOException {
    Path other = Files.writeString(folder.resolve("new"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static ElasticConfig config(Path passwordFile, @Nullable Path caFile) {
    ElasticConfig server = SERVER.configOf(ROLE);
    return new ElasticConfig(
        server.urls(),
        server.username(),
        null,
        passwordFile,
        null,
        null,
        caFile,
        null,
        null,
        false,
        server.requestTimeout());
  }

  @Test
  void aPasswordIsReplacedWhileAlertingRuns() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), ElasticRoles.PASSWORD);

    rotate(config(file, SERVER.caFile()), file, "wrong", ElasticRoles.PASSWORD + "\n");
  }

  @Test
  void anApiKeyIsReplacedWhileAlertingRuns() throws IOException {
    ApiKey old = SERVER.createApiKey(ROLE);
    Path file = Files.writeString(folder.resolve("key"), old.encoded());
    try (Elastic elastic = new Elastic(SERVER.configOfKey(file), Clock.system())) {
      LogSource source =
          new ElasticLogSource(LogsConfig.defaults().withDelay(Duration.ZERO), elastic, clock());
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Seen.class);
      SERVER.invalidate(old);
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Unavailable.class);
      replace(file, SERVER.createApiKey(ROLE).encoded() + "\n");
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Seen.class);
    }
  }

  /// An open connection is used for some seconds more, so it begins with the wrong one.
  @Test
  void anAuthorityIsReplacedWhileAlertingRuns() throws IOException {
    Path file =
        Files.copy(Certificates.create("CN=Another", 0, 2).caFile(), folder.resolve("ca.crt"));
    Path password = Files.writeString(folder.resolve("password"), ElasticRoles.PASSWORD);
    try (Elastic elastic = new Elastic(config(password, file), Clock.system())) {
      LogSource source =
          new ElasticLogSource(LogsConfig.defaults().withDelay(Duration.ZERO), elastic, clock());
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Unavailable.class);
      replace(file, Files.readString(Objects.requireNonNull(SERVER.caFile())));
      assertThat(ask(source, errors())).isInstanceOf(LogAnswer.Seen.class);
    }
  }
}
