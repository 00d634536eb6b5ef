package dev.longshore.alerting.receiver.slack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackFault;
import dev.longshore.testkit.slack.SlackServer;
import dev.longshore.testkit.slack.SlackUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people do in Slack arrives, is acknowledged within 3 s and is done once, whatever becomes
/// of connections, tokens and payloads.
final class SocketModeTest {
  private static final SlackUser JANE = SlackUser.of("U0JANE", "jane.doe");

  private SocketBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new SocketBench(dir);
  }

  @AfterEach
  void close() {
    bench.close();
    assertThat(bench.slack.acts().protocolErrors()).isEmpty();
  }

  private SlackAct command(String text) {
    return bench.slack.acts().command(JANE, "alerts", text);
  }

  @Test
  void acknowledgesWhatArrivesByEachOfSeveralConnections() {
    bench.start();
    SlackAct first = command("firing");
    SlackAct second = command("silences");
    bench.await(() -> first.isAcknowledged() && second.isAcknowledged());

    assertThat(bench.handled)
        .extracting(it -> it.payload().path("text").asText())
        .containsExactlyInAnyOrder("firing", "silences");
    assertThat(bench.registry.get("longshore.slack.sockets").gauge().value()).isEqualTo(2);
  }

  @Test
  void sendsTheAnswerWithTheAcknowledgement() {
    bench.answer = _ -> JsonNodeFactory.instance.objectNode().put("text", "nothing fires");
    bench.start();
    SlackAct act = command("");
    bench.await(act::isAcknowledged);

    assertThat(Objects.requireNonNull(act.payload()).path("text").asText())
        .isEqualTo("nothing fires");
  }

  @Test
  void acknowledgesInTimeWhatTakesLong() {
    bench.start();
    Deque<Runnable> work = new ArrayDeque<>();
    bench.executor = work::add;
    bench.answer = _ -> JsonNodeFactory.instance.objectNode().put("text", "nothing fires");
    SlackAct act = command("");
    bench.await(() -> !work.isEmpty());
    bench.clock.advance(Duration.ofMillis(2_600));
    bench.await(act::isAcknowledged);
    bench.executor = Runnable::run;
    work.forEach(Runnable::run);
    bench.run();

    assertThat(bench.late).hasSize(1);
    assertThat(act.payload()).isNull();
    assertThat(bench.envelopes("late")).isEqualTo(1);
    assertThat(bench.handled).hasSize(1);
  }

  @Test
  void doesOnceWhatSlackSendsAgain() {
    bench.start();
    SlackAct act = command("firing");
    bench.await(act::isAcknowledged);
    var payload = bench.handled.getFirst().payload().deepCopy();
    bench.slack.acts().again(act, (ObjectNode) payload, "slash_commands");
    bench.await(() -> bench.envelopes("duplicate") == 1);

    assertThat(bench.handled).hasSize(1);
  }

  @Test
  void opensAnotherConnectionAtAWarningAndLosesNothing() {
    bench.start();
    bench.slack.acts().disconnect("warning");
    bench.await(() -> bench.slack.acts().connections() == 3);
    SlackAct act = command("by the one that retires");
    bench.await(act::isAcknowledged);
    bench.live(SocketMode.RETIRES.plusSeconds(15));
    bench.awaitConnections(2);

    assertThat(bench.handled).hasSize(1);
  }

  @Test
  void comesBackAtOnceWhenSlackAsksForAnother() {
    bench.start();
    bench.slack.acts().disconnect("refresh_requested");
    bench.await(() -> bench.asked() == 3);
    bench.awaitConnections(2);
  }

  @Test
  void comesBackWithBackOffWhenConnectionsAreLost() {
    bench.start();
    bench.slack.otherwise(
        call -> call.method().equals("apps.connections.open") ? new SlackFault.Status(503) : null);
    bench.slack.acts().drop();
    bench.await(() -> bench.sockets.status().connected() == 0);
    bench.pass(Duration.ofMinutes(2));
    long askedInTwoMinutes = bench.asked() - 2;
    assertThat(askedInTwoMinutes).isBetween(10L, 20L);
    assertThat(bench.sockets.status().problem()).contains("HTTP 503");

    bench.slack.otherwise(_ -> null);
    bench.live(Duration.ofMinutes(2));
    bench.awaitConnections(2);
    assertThat(bench.sockets.status().problem()).isNull();
  }

  @Test
  void waitsAsLongAsSlackAsks() {
    bench.slack.otherwise(
        call ->
            call.method().equals("apps.connections.open")
                ? new SlackFault.RateLimited(Duration.ofMinutes(5))
                : null);
    bench.sockets.start();
    bench.run();
    bench.pass(Duration.ofSeconds(299));

    assertThat(bench.asked()).isEqualTo(2);
  }

  @Test
  void noticesAConnectionThatIsDead() {
    bench.start();
    bench.slack.acts().fallSilent();
    bench.pass(SocketMode.SILENCE.plus(SocketMode.LOOK_EACH.multipliedBy(2)));
    bench.await(() -> bench.asked() == 4);
    bench.awaitConnections(2);
    SlackAct act = command("");
    bench.await(act::isAcknowledged);
  }

  @Test
  void keepsAQuietConnectionThatAnswersPings() {
    bench.start();
    for (int i = 0; i < 12; i++) {
      bench.slack.acts().ping();
      long heard = bench.clock.nanoTime();
      bench.clock.advance(SocketMode.LOOK_EACH);
      bench.run();
      // The answers to our pings come on threads of their own.
      bench.await(() -> bench.heardSince(heard));
    }

    assertThat(bench.asked()).isEqualTo(2);
  }

  @Test
  void saysThatTheTokenLacksItsScope() {
    bench.slack.mayConnect(false);
    bench.sockets.start();
    bench.run();

    assertThat(bench.sockets.status().lasting()).isTrue();
    assertThat(bench.sockets.status().problem())
        .contains("missing_scope", "connections:write", "App-Level Tokens");

    bench.slack.mayConnect(true);
    bench.live(Duration.ofMinutes(1));
    bench.awaitConnections(2);
  }

  @Test
  void saysThatTheBotsTokenStandsInItsPlace() throws Exception {
    Files.writeString(bench.tokenFile, SlackServer.TOKEN);
    bench.sockets.start();
    bench.run();

    assertThat(bench.sockets.status().problem()).contains("not_allowed_token_type", "xapp-");
  }

  @Test
  void takesATokenThatWasReplacedWithoutARestart() throws Exception {
    bench.start();
    bench.slack.appToken("xapp-1-A0LONGSHORE-2");
    Files.writeString(bench.tokenFile, "xapp-1-A0LONGSHORE-2");
    bench.live(SocketMode.LOOK_EACH.plusSeconds(1));
    bench.await(() -> bench.asked() == 4);
    SlackAct act = command("");
    bench.await(act::isAcknowledged);
  }

  @Test
  void saysThatTheTokensFileIsNotThereAndConnectsWhenItIs() throws Exception {
    Files.delete(bench.tokenFile);
    bench.sockets.start();
    bench.run();
    assertThat(bench.sockets.status().problem()).contains("app-token", "can't be read");

    Files.writeString(bench.tokenFile, SlackServer.APP_TOKEN);
    bench.live(SocketMode.LOOK_EACH.plusSeconds(1));
    bench.awaitConnections(2);
  }

  @Test
  void hasNoConnectionWhileAnotherReplicaLeads() {
    bench.start();
    bench.leads = false;
    bench.pass(SocketMode.LOOK_EACH.plusSeconds(1));
    bench.await(() -> bench.slack.acts().connections() == 0);
    bench.leads = true;
    bench.pass(SocketMode.LOOK_EACH.plusSeconds(1));
    bench.awaitConnections(2);
  }

  @Test
  void survivesWhatIsNoEnvelope() {
    bench.start();
    for (String text :
        new String[] {
          "",
          "no JSON",
          "[]",
          "{}",
          "null",
          "{\"envelope_id\":7}",
          "{\"type\":\"disconnect\"",
          "[".repeat(100_000)
        }) {
      bench.slack.acts().raw(text);
    }
    bench.await(() -> bench.envelopes("unreadable") == 8);
    SlackAct act = command("");
    bench.await(act::isAcknowledged);
  }

  @Test
  void survivesAHugePayload() {
    bench.start();
    String huge = "{\"envelope_id\":\"e\",\"payload\":{\"text\":\"" + "x".repeat(3 << 20) + "\"}}";
    bench.slack.acts().raw(huge);
    bench.await(() -> bench.envelopes("too_large") == 1);
    SlackAct act = command("");
    bench.await(act::isAcknowledged);
  }

  @Test
  void doesNotAcknowledgeWhatItHasNoRoomFor() {
    bench.start();
    Deque<Runnable> work = new ArrayDeque<>();
    bench.executor = work::add;
    for (int i = 0; i < Envelopes.MAX_AT_WORK; i++) {
      command("" + i);
    }
    bench.await(() -> work.size() == Envelopes.MAX_AT_WORK);
    SlackAct act = command("one more");
    bench.await(() -> bench.envelopes("refused") == 1);

    assertThat(act.isAcknowledged()).isFalse();
    work.forEach(Runnable::run);
    bench.run();
    bench.executor = Runnable::run;
    SlackAct later = command("later");
    bench.await(later::isAcknowledged);
  }

  @Test
  void survivesAHandlerThatFails() {
    bench.start();
    bench.answer =
        _ -> {
          throw new IllegalStateException("a payload of a kind that nobody knew");
        };
    SlackAct act = command("");
    bench.await(act::isAcknowledged);
    bench.answer = _ -> null;
    SlackAct next = command("");
    bench.await(next::isAcknowledged);

    assertThat(bench.handled).hasSize(2);
  }
}
