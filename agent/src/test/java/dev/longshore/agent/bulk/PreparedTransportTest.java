package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.RefusedException;
import dev.longshore.shared.elastic.TemplateOutcome;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Our data streams get nothing before their template is there, others get no template, and no
/// answer about a template stops sending for ever.
class PreparedTransportTest {
  private static final String OURS = "logs-kubernetes.container_logs-default";
  private static final String OF_A_POD = "logs-payments-default";

  private final ManualClock clock = new ManualClock();
  private final List<String> installed = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private @Nullable IOException failure;

  private final PreparedTransport transport =
      new PreparedTransport(
          (dataStream, body, length, items, withIndexNames) -> {
            sent.add(dataStream);
            return CompletableFuture.completedFuture(
                new BulkReply.Answered(new short[items], List.of(), null));
          },
          OURS::equals,
          dataStream -> {
            if (failure != null) {
              throw failure;
            }
            installed.add(dataStream);
            return TemplateOutcome.INSTALLED;
          },
          Runnable::run,
          clock);

  @Test
  void aDataStreamThatAPodNamesGetsNoTemplate() {
    send(OF_A_POD);
    send(OURS);

    assertThat(installed).containsExactly(OURS);
    assertThat(sent).containsExactly(OF_A_POD, OURS);
  }

  @Test
  void putsATemplateAgainThatWasDeletedMeanwhile() {
    send(OURS);
    clock.advance(PreparedTransport.CHECK_AGAIN.minusSeconds(1));
    send(OURS);
    assertThat(installed).hasSize(1);

    clock.advance(Duration.ofSeconds(1));
    send(OURS);

    assertThat(installed).hasSize(2);
    assertThat(sent).hasSize(3);
  }

  @Test
  void sendsNothingWhileTheTemplateConflictsAndGoesOnAfterwards() {
    failure = new RefusedException(400, "illegal_argument_exception", "same priority [500]");
    for (int i = 0; i < 100; i++) {
      assertThat(send(OURS)).isInstanceOf(BulkReply.Unreadable.class);
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(sent).isEmpty();

    failure = null;

    assertThat(send(OURS)).isInstanceOf(BulkReply.Answered.class);
  }

  @Test
  void waitsForAForbiddenAnswerThatPasses() {
    failure = new RefusedException(403, "security_exception", "not yet");
    assertThat(send(OURS)).isInstanceOf(BulkReply.Unreadable.class);
    clock.advance(PreparedTransport.PATIENCE.minusSeconds(1));
    assertThat(send(OURS)).isInstanceOf(BulkReply.Unreadable.class);
    failure = null;

    send(OURS);

    assertThat(installed).containsExactly(OURS);
  }

  @Test
  void sendsUnderExistingTemplatesWhereItMayInstallNone() {
    failure = new RefusedException(403, "security_exception", "no manage_index_templates");
    send(OURS);
    clock.advance(PreparedTransport.PATIENCE);

    assertThat(send(OURS)).isInstanceOf(BulkReply.Answered.class);
    clock.advance(PreparedTransport.CHECK_AGAIN);
    assertThat(send(OURS)).isInstanceOf(BulkReply.Answered.class);
  }

  @Test
  void waitsOutABlockedClusterHoweverLongItTakes() {
    failure = new RefusedException(403, "cluster_block_exception", "read-only");
    send(OURS);
    clock.advance(Duration.ofHours(1));

    assertThat(send(OURS)).isInstanceOf(BulkReply.Unreadable.class);
  }

  private BulkReply send(String dataStream) {
    return transport.bulk(dataStream, new byte[0], 0, 1, false).join();
  }
}
