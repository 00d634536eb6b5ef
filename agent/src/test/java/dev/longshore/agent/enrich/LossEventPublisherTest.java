package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// A loss is told once for each pod and interval, with all that was lost, and nobody waits for it.
class LossEventPublisherTest {
  private static final ContainerRef CHECKOUT =
      new ContainerRef("shop", "checkout-7d9f", "hash-1", "app");
  private static final Path FILE = Path.of("/var/log/pods/shop_checkout-7d9f_hash-1/app/0.log");

  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<JsonNode> posted = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private @Nullable IOException failure;

  private final LossEventPublisher events =
      new LossEventPublisher(
          "worker-3",
          container -> "uid-of-" + container.pod(),
          (path, json) -> {
            paths.add(path);
            if (failure != null) {
              throw failure;
            }
            posted.add(new ObjectMapper().readTree(json));
          },
          clock,
          new EnrichMetrics(meters),
          new RateLimitedLogger(
              LoggerFactory.getLogger(LossEventPublisherTest.class),
              clock,
              Duration.ofSeconds(10)));

  @Test
  void saysWhatWasLostOnThePod() throws Exception {
    events.lost(CHECKOUT, FILE, 12_345);
    assertThat(events.turn()).isEqualTo(LossEventPublisher.GATHER);
    assertThat(posted).isEmpty();

    pass(LossEventPublisher.GATHER);

    assertThat(paths).containsExactly("/api/v1/namespaces/shop/events");
    assertThat(posted.getFirst())
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"apiVersion":"v1","kind":"Event",
                     "metadata":{"name":"%s","namespace":"shop"},
                     "involvedObject":{"apiVersion":"v1","kind":"Pod","namespace":"shop",
                       "name":"checkout-7d9f","uid":"uid-of-checkout-7d9f",
                       "fieldPath":"spec.containers{app}"},
                     "type":"Warning","reason":"LogsLost",
                     "message":"12,345 bytes of logs were deleted before they were read: %s",
                     "count":1,
                     "firstTimestamp":"2026-11-23T06:00:00Z",
                     "lastTimestamp":"2026-11-23T06:00:00Z",
                     "source":{"component":"longshore-agent","host":"worker-3"},
                     "reportingComponent":"longshore-agent","reportingInstance":"worker-3"}
                    """
                        .formatted(posted.getFirst().at("/metadata/name").asText(), FILE)));
    assertThat(posted.getFirst().at("/metadata/name").asText()).startsWith("checkout-7d9f.");
  }

  @Test
  void addsUpWhatAPodLosesWithinAnInterval() throws Exception {
    events.lost(CHECKOUT, FILE, 100);
    events.lost(CHECKOUT, FILE, 200);
    pass(LossEventPublisher.GATHER);
    for (int i = 0; i < 50; i++) {
      events.lost(CHECKOUT, FILE, 10);
      pass(Duration.ofSeconds(1));
    }
    assertThat(posted).hasSize(1);

    pass(LossEventPublisher.INTERVAL);

    assertThat(posted).hasSize(2);
    assertThat(posted.get(0).path("count").asInt()).isEqualTo(2);
    assertThat(posted.get(0).path("message").asText())
        .startsWith("300 bytes")
        .endsWith(" and others");
    assertThat(posted.get(1).path("count").asInt()).isEqualTo(50);
    assertThat(posted.get(1).path("message").asText()).startsWith("500 bytes");
    assertThat(posted.get(1).path("lastTimestamp").asText()).isEqualTo("2026-11-23T06:00:51Z");
  }

  @Test
  void eachPodHasItsOwn() throws Exception {
    ContainerRef payment = new ContainerRef("shop", "payment-1", "uid-2", "app");
    events.lost(CHECKOUT, FILE, 1);
    events.lost(payment, FILE, 2);

    pass(LossEventPublisher.GATHER);

    assertThat(posted)
        .extracting(event -> event.at("/involvedObject/name").asText())
        .containsExactlyInAnyOrder("checkout-7d9f", "payment-1");
  }

  @Test
  void keepsWhatDoesNotReachTheApiServer() throws Exception {
    failure = new IOException("connection refused");
    events.lost(CHECKOUT, FILE, 100);
    pass(LossEventPublisher.GATHER);
    events.lost(CHECKOUT, FILE, 50);
    failure = null;

    pass(LossEventPublisher.INTERVAL);

    assertThat(posted).hasSize(1);
    assertThat(posted.getFirst().path("message").asText()).startsWith("150 bytes");
    assertThat(posted.getFirst().path("count").asInt()).isEqualTo(2);
  }

  @Test
  void givesUpWhatIsOlderThanPeopleLook() throws Exception {
    failure = new ApiServer.Refused(503, "POST");
    events.lost(CHECKOUT, FILE, 100);
    for (int i = 0; i < 70; i++) {
      pass(LossEventPublisher.INTERVAL);
    }
    failure = null;

    pass(LossEventPublisher.INTERVAL);

    assertThat(posted).isEmpty();
    assertThat(dropped()).isEqualTo(1);
  }

  @Test
  void givesUpWhatIsForbidden() throws Exception {
    failure = new ApiServer.Refused(403, "POST");
    events.lost(CHECKOUT, FILE, 100);
    pass(LossEventPublisher.GATHER);
    failure = null;

    pass(LossEventPublisher.INTERVAL);

    assertThat(posted).isEmpty();
    assertThat(dropped()).isEqualTo(1);
  }

  @Test
  void aFileThatNoPodOwnsHasNoEvent() throws Exception {
    events.lost(new ContainerRef("", "folder", "", "file"), FILE, 100);

    assertThat(events.pods()).isZero();
  }

  @Test
  void remembersNoMorePodsThanItsLimit() throws Exception {
    for (int i = 0; i < LossEventPublisher.MAX_PODS + 5; i++) {
      events.lost(new ContainerRef("shop", "pod-" + i, "uid-" + i, "app"), FILE, 1);
    }

    pass(LossEventPublisher.GATHER);

    assertThat(posted).hasSize(LossEventPublisher.MAX_PODS);
    assertThat(dropped()).isEqualTo(5);
  }

  private double dropped() {
    return meters.get("longshore.agent.loss.events").tag("outcome", "dropped").counter().count();
  }

  private void pass(Duration time) throws InterruptedException {
    clock.advance(time);
    if (events.pods() > 0) {
      var _ = events.turn();
    }
  }

  @Test
  void forgetsThePodsThatItHasToldOf() throws Exception {
    for (int i = 0; i < 500; i++) {
      events.lost(new ContainerRef("shop", "pod-" + i, "uid-" + i, "app"), FILE, 1);
    }
    pass(LossEventPublisher.GATHER);
    assertThat(posted).hasSize(500);

    pass(LossEventPublisher.INTERVAL);

    assertThat(events.pods()).isZero();
  }

  @Test
  void whatIsReportedWhileItSleepsIsNotDueBeforeItWakes() throws Exception {
    events.lost(CHECKOUT, FILE, 100);
    pass(LossEventPublisher.GATHER);
    events.lost(CHECKOUT, FILE, 100);
    Duration pause = events.turn();
    assertThat(pause)
        .as("the second event of a pod is due in a minute")
        .isLessThan(LossEventPublisher.INTERVAL);

    events.lost(new ContainerRef("shop", "payment-1", "uid-2", "app"), FILE, 2);
    pass(pause);

    assertThat(posted)
        .extracting(event -> event.at("/involvedObject/name").asText())
        .containsExactly("checkout-7d9f", "payment-1");
  }
}
