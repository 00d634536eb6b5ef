package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.AgentPrivileges;
import dev.longshore.agent.deadletter.DeadLetterFilter;
import dev.longshore.agent.deadletter.DeadLetters;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.DataStreams;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ElasticGenerations;
import dev.longshore.shared.elastic.Generations;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Privileges;
import dev.longshore.shared.elastic.TemplateOutcome;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ElasticRoles;
import dev.longshore.testkit.ElasticRoles.Privilege;
import dev.longshore.testkit.ElasticsearchServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The roles that users get are what the agent needs: with a role everything works that it is for,
/// and without any one of its privileges something of that does not. The roles are read from the
/// file that users get.
final class ElasticsearchRolesIT {
  private static final ElasticsearchServer SERVER = ElasticsearchServer.secured();
  private static final String WRITER = "longshore_writer";
  private static final String REPAIR = "longshore_repair";
  private static final String REPLAY = "longshore_replay";
  private static final String LETTERS = DataStreamTemplate.DEAD_LETTERS;

  private final Clock clock = Clock.system();
  private final Elastic superuser = new Elastic(SERVER.config(), clock);
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final String stream = "logs-roles." + run + "-default";

  /// Letters of this test alone: not every server can delete a data stream.
  private final DeadLetterFilter letters = new DeadLetterFilter("", "", run, Instant.EPOCH);

  private final List<String> failed = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void clean() throws IOException {
    superuser.request("DELETE", "/_data_stream/" + stream, null);
    superuser.request("DELETE", "/_data_stream/" + LETTERS, null);
    for (String template :
        List.of(new DataStreamTemplate(superuser, stream, null).name(), Watermarks.INDEX)) {
      superuser.request("DELETE", "/_index_template/" + template, null);
    }
    superuser.request("DELETE", "/" + Watermarks.INDEX, null);
    superuser.request("DELETE", "/" + NodeReports.INDEX, null);
    superuser.close();
  }

  /// Something that a role is for.
  @FunctionalInterface
  private interface Task {
    boolean works() throws Exception;
  }

  private void task(String what, Task task) {
    try {
      if (!task.works()) {
        failed.add(what);
      }
    } catch (Exception | AssertionError e) {
      failed.add(what + ": " + e.getMessage());
    }
  }

  static List<Privilege> ofTheWriter() {
    return ElasticRoles.privileges(WRITER);
  }

  @ParameterizedTest
  @MethodSource("ofTheWriter")
  void aWriterNeedsEachOfItsPrivileges(Privilege privilege) {
    write(SERVER.config(privilege.userWithout()));

    assertThat(failed).isNotEmpty();
  }

  @Test
  void aWriterMayDoAllThatShippingTakes() {
    write(SERVER.configOf(WRITER));

    assertThat(failed).isEmpty();
  }

  @Test
  void aWriterMayNeitherReadNorDeleteNorChangeLogs() throws IOException {
    write(SERVER.configOf(WRITER));
    try (Elastic writer = new Elastic(SERVER.configOf(WRITER), clock)) {
      assertThat(status(writer, "GET", "/" + stream + "/_search")).isEqualTo(403);
      assertThat(status(writer, "DELETE", "/_data_stream/" + stream)).isIn(403, 405);
      assertThat(status(writer, "DELETE", "/" + index() + "/_doc/one")).isEqualTo(403);
      assertThat(
              bulk(writer, stream, "{\"index\":{\"_index\":\"" + index() + "\",\"_id\":\"one\"}}"))
          .isFalse();
      assertThat(status(writer, "GET", "/_cluster/settings")).isEqualTo(403);
    }
  }

  private void write(ElasticConfig config) {
    try (Elastic elastic = new Elastic(config, clock)) {
      task("install the index template", () -> install(elastic, 30) == TemplateOutcome.INSTALLED);
      task("make a data stream and write to it", () -> create(elastic, stream, "one", "{}"));
      task("add a field", () -> create(elastic, stream, "two", "{\"added\":\"later\"}"));
      task("write a dead letter", () -> create(elastic, LETTERS, "three" + run, "{}"));
      task("see the backing indices", () -> !generations(elastic).of(stream).isEmpty());
      task(
          "see the refresh interval",
          () -> new DataStreams(elastic).refreshInterval(stream).isPresent());
      task("change the retention", () -> mayRetain(elastic));
      task("roll over", () -> mayRollOver(elastic));
      task(
          "publish a watermark",
          () -> {
            Instant now = Instant.parse("2026-11-23T06:00:00Z");
            new Watermarks(elastic).put(new Watermark("lab", "node-1", now, now, false, List.of()));
            return true;
          });
      task(
          "publish a report",
          () ->
              elastic
                  .request(
                      "PUT",
                      "/" + NodeReports.INDEX + "/_doc/lab%2Fnode-1",
                      "{\"node\":\"node-1\"}".getBytes(StandardCharsets.UTF_8))
                  .ok());
    }
  }

  private TemplateOutcome install(Elastic elastic, int days) throws IOException {
    return new DataStreamTemplate(elastic, stream, Duration.ofDays(days)).install();
  }

  private boolean mayRollOver(Elastic elastic) throws IOException {
    Elastic.Response reply = elastic.request("POST", "/" + stream + "/_rollover?lazy=true", null);
    if (!reply.ok()) {
      throw reply.refused("POST _rollover?lazy=true");
    }
    return true;
  }

  /// A server without the module of data stream lifecycles can tell no more than whether it would
  /// be allowed.
  private boolean mayRetain(Elastic elastic) throws IOException {
    String path = "/_data_stream/" + stream + "/_lifecycle";
    Elastic.Response reply =
        elastic.request(
            "PUT", path, "{\"data_retention\":\"7d\"}".getBytes(StandardCharsets.UTF_8));
    if (reply.status() == 400 || reply.status() == 405) {
      return new Privileges(List.of(), Map.of(stream, List.of("manage_data_stream_lifecycle")))
          .missing(elastic)
          .orElseThrow()
          .isEmpty();
    }
    return reply.ok();
  }

  static List<Privilege> ofTheRepair() {
    return ElasticRoles.privileges(REPAIR);
  }

  @ParameterizedTest
  @MethodSource("ofTheRepair")
  void aRepairNeedsEachOfItsPrivileges(Privilege privilege) throws IOException {
    repair(SERVER.config(privilege.userWithout()));

    assertThat(failed).isNotEmpty();
  }

  @Test
  void aRepairFindsAndDeletesSecondCopies() throws IOException {
    repair(SERVER.configOf(REPAIR));

    assertThat(failed).isEmpty();
  }

  private void repair(ElasticConfig config) throws IOException {
    install(superuser, 30);
    create(superuser, stream, "one", "{}");
    String older = index();
    call("POST", "/" + stream + "/_rollover", "{}");
    create(superuser, stream, "one", "{}");
    String newer = index();
    try (Elastic elastic = new Elastic(config, clock)) {
      Generations generations = generations(elastic);
      task("see the backing indices", () -> generations.of(stream).size() == 2);
      task(
          "find a document",
          () -> generations.present(List.of(older), List.of("one")).contains("one"));
      task(
          "delete its second copy",
          () -> {
            generations.delete(newer, List.of("one"));
            return status(superuser, "GET", "/" + newer + "/_doc/one") == 404;
          });
    }
  }

  static List<Privilege> ofTheReplay() {
    return ElasticRoles.privileges(REPLAY);
  }

  @ParameterizedTest
  @MethodSource("ofTheReplay")
  void aReplayNeedsEachOfItsPrivileges(Privilege privilege) throws IOException {
    replay(SERVER.config(privilege.userWithout()));

    assertThat(failed).isNotEmpty();
  }

  @Test
  void aReplayBringsDeadLettersBack() throws IOException {
    replay(SERVER.configOf(REPLAY));

    assertThat(failed).isEmpty();
  }

  /// One letter can be indexed, into a data stream that is not there any more; the other is refused
  /// again.
  private void replay(ElasticConfig config) throws IOException {
    new DataStreamTemplate(superuser, LETTERS, Duration.ofDays(30)).install();
    letter("taken" + run, "{\\\"@timestamp\\\":\\\"2026-11-23T06:00:00Z\\\"}");
    call("PUT", "/" + LETTERS + "/_settings", "{\"index.refresh_interval\":\"-1\"}");
    call("POST", "/" + LETTERS + "/_refresh", null);
    letter("refused" + run, "{\\\"@timestamp\\\":\\\"no time at all\\\"}");
    try (Elastic elastic = new Elastic(config, clock)) {
      DeadLetters box =
          DeadLetters.of(
              elastic,
              stream::equals,
              made -> new DataStreamTemplate(elastic, made, Duration.ofDays(30)).install(),
              new DiskStore(folder, DataSize.ofMiB(1)),
              Duration.ZERO,
              new Impatient(clock));
      Set<String> seen = new LinkedHashSet<>();
      task(
          "list letters of the last second",
          () -> {
            List<String> problems =
                box.each(letters, 10, (stored, _) -> seen.add(stored.letter().id()));
            assertThat(problems).isEmpty();
            return seen.containsAll(List.of("taken" + run, "refused" + run));
          });
      task(
          "send letters again, and keep what is refused",
          () -> {
            DeadLetters.Summary summary = box.replay(letters, 10, _ -> {});
            assertThat(summary.problems()).isEmpty();
            return summary.indexed() == 1 && summary.refusedAgain() == 1;
          });
      task(
          "install the index template",
          () ->
              status(
                      superuser,
                      "GET",
                      "/_index_template/" + new DataStreamTemplate(superuser, stream, null).name())
                  == 200);
    }
  }

  private void letter(String id, String document) {
    boolean created =
        create(
            superuser,
            LETTERS,
            id,
            """
            {"message":"m","longshore":{"dead_letter":{"id":"%s","destination":"%s","status":400,\
            "type":"t","reason":"%s","attempts":1,"original":"","document":"%s"}}}"""
                .formatted(id, stream, run, document));
    assertThat(created).isTrue();
  }

  @Test
  void theCheckAsksForWhatTheRolesGrant() throws IOException {
    try (Elastic both = new Elastic(SERVER.configOf(WRITER, REPAIR), clock);
        Elastic none = new Elastic(SERVER.configOf("longshore_alerting"), clock)) {
      assertThat(AgentPrivileges.writing(stream).missing(both).orElseThrow()).isEmpty();
      assertThat(AgentPrivileges.repairing(stream).missing(both).orElseThrow()).isEmpty();
      assertThat(AgentPrivileges.writing(stream).missing(none).orElseThrow())
          .contains("manage_index_templates on the cluster", "create_doc on " + stream)
          .contains("index on longshore-watermarks");
    }
    for (Privilege privilege : ElasticRoles.privileges(WRITER)) {
      try (Elastic without = new Elastic(SERVER.config(privilege.userWithout()), clock)) {
        assertThat(AgentPrivileges.writing(stream).missing(without).orElseThrow())
            .as(privilege.toString())
            .anyMatch(missing -> missing.startsWith(privilege.name() + " on "));
      }
    }
  }

  private static Generations generations(Elastic elastic) {
    return new ElasticGenerations(elastic);
  }

  /// The write index.
  private String index() throws IOException {
    return new ElasticGenerations(superuser).of(stream).getLast().name();
  }

  private static boolean create(Elastic elastic, String stream, String id, String fields) {
    String document =
        fields.equals("{}")
            ? "{\"@timestamp\":\"2026-11-23T06:00:00Z\"}"
            : "{\"@timestamp\":\"2026-11-23T06:00:00Z\"," + fields.substring(1);
    return bulk(elastic, stream, "{\"create\":{\"_id\":\"" + id + "\"}}\n" + document);
  }

  private static boolean bulk(Elastic elastic, String stream, String lines) {
    String whole = lines.contains("\n") ? lines + "\n" : lines + "\n{}\n";
    byte[] body = whole.getBytes(StandardCharsets.UTF_8);
    return elastic.bulk(stream, body, body.length, 1, false).join()
            instanceof BulkReply.Answered answered
        && answered.failures().isEmpty();
  }

  private static int status(Elastic elastic, String method, String path) throws IOException {
    return elastic.request(method, path, null).status();
  }

  private void call(String method, String path, @Nullable String body) throws IOException {
    Elastic.Response reply =
        superuser.request(
            method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
  }

  /// Time passes only where somebody sleeps, and then at once.
  private static final class Impatient implements Clock {
    private final Clock clock;
    private volatile long sleptNanos;

    Impatient(Clock clock) {
      this.clock = clock;
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime() + sleptNanos;
    }

    @Override
    public long epochMillis() {
      return clock.epochMillis();
    }

    @Override
    public synchronized void sleep(Duration duration) {
      sleptNanos += Math.max(0, duration.toNanos());
    }
  }
}
