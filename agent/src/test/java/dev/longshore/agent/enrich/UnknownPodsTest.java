package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// A pod that has logs and that the watch has not told of is asked for once, however often it is
/// looked up, and only an answer counts as one.
class UnknownPodsTest {
  private static final String UID = "0d9b4ef1-33a4-4b0c-9f27-2f5ad2d0a6b1";
  private static final String HASH = "8f7c1d0e9a3b4c5d6e7f8091a2b3c4d5";

  private final ManualClock clock = new ManualClock();
  private final List<String> asked = new ArrayList<>();
  private final List<PodRecord> present = new ArrayList<>();
  private @Nullable PodRecord found;
  private @Nullable IOException failure;

  private final UnknownPods pods =
      new UnknownPods(
          (namespace, name) -> {
            asked.add(namespace + "/" + name);
            if (failure != null) {
              throw failure;
            }
            return found;
          },
          present::add,
          clock,
          () -> 0L,
          new RateLimitedLogger(
              LoggerFactory.getLogger(UnknownPodsTest.class), clock, Duration.ofSeconds(10)),
          new EnrichMetrics(new SimpleMeterRegistry()));

  private static ContainerRef container(String pod, String uid, String name) {
    return new ContainerRef("shop", pod, uid, name);
  }

  private static PodRecord pod(String name, String uid, String configHash) {
    byte[] none = {};
    return new PodRecord(
        "shop", name, uid, configHash, Map.of(), "", none, none, 0, Map.of(), List.of());
  }

  private void pass(Duration time) throws InterruptedException {
    long untilNanos = clock.nanoTime() + time.toNanos();
    while (clock.nanoTime() < untilNanos && !pods.waiting().isEmpty()) {
      Duration pause = pods.turn();
      clock.advance(pause.isZero() ? Duration.ofMillis(10) : pause);
    }
  }

  @Test
  void onePodIsAskedForOnceWhateverTheNumberOfLookups() throws InterruptedException {
    found = pod("checkout-7d9f", UID, "");
    for (int i = 0; i < 1_000; i++) {
      assertThat(pods.isAbsent(container("checkout-7d9f", UID, "app-" + i % 3))).isFalse();
    }
    assertThat(pods.turn()).as("the watch has its chance").isEqualTo(UnknownPods.ASK_AFTER);
    clock.advance(UnknownPods.ASK_AFTER);

    assertThat(pods.turn()).isEqualTo(UnknownPods.SPACING);

    assertThat(asked).containsExactly("shop/checkout-7d9f");
    assertThat(present).containsExactly(found);
  }

  @Test
  void thatThereIsNoSuchPodIsAnAnswer() throws InterruptedException {
    ContainerRef gone = container("checkout-7d9f", UID, "app");
    assertThat(pods.isAbsent(gone)).isFalse();

    pass(Duration.ofSeconds(1));

    assertThat(pods.isAbsent(gone)).isTrue();
    assertThat(pods.waiting()).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void anotherPodOfTheNameIsTheAnswerThatThisOneIsGone() throws InterruptedException {
    ContainerRef gone = container("db-0", UID, "app");
    found = pod("db-0", "7c1d0e9a-33a4-4b0c-9f27-2f5ad2d0a6b1", "");
    assertThat(pods.isAbsent(gone)).isFalse();

    pass(Duration.ofSeconds(1));

    assertThat(pods.isAbsent(gone)).isTrue();
    assertThat(present).isEmpty();
  }

  @Test
  void noAnswerIsNoneAndIsAskedForLessAndLessOften() throws InterruptedException {
    failure = new IOException("connection refused");
    ContainerRef unknown = container("checkout-7d9f", UID, "app");
    assertThat(pods.isAbsent(unknown)).isFalse();
    clock.advance(UnknownPods.ASK_AFTER);

    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pauses.add(pods.turn());
      clock.advance(pauses.getLast());
    }

    assertThat(pods.isAbsent(unknown)).isFalse();
    assertThat(pauses.subList(0, 6)).isSorted().doesNotHaveDuplicates();
    assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(15));
    assertThat(asked).hasSize(8);
    assertThat(pods.waiting())
        .extracting(MetadataStatus.WaitingPod::pod)
        .containsExactly("checkout-7d9f");
    assertThat(pods.waiting().getFirst().since()).isEqualTo(ManualClock.START);
  }

  @Test
  void manyUnknownPodsAreAskedForTenASecond() throws InterruptedException {
    for (int i = 0; i < 110; i++) {
      assertThat(
              pods.isAbsent(
                  container("checkout-" + i, UID.replace('3', (char) ('a' + i % 6)) + i, "app")))
          .isFalse();
    }

    pass(Duration.ofSeconds(5));

    assertThat(asked).doesNotHaveDuplicates().hasSizeBetween(40, 50);
  }

  @Test
  void theMirrorOfAStaticPodIsWaitedFor() throws InterruptedException {
    ContainerRef proxy = container("kube-proxy-worker-3", HASH, "kube-proxy");
    assertThat(pods.isAbsent(proxy)).isFalse();
    pass(Duration.ofSeconds(10));
    assertThat(pods.isAbsent(proxy)).as("the kubelet runs it before its mirror is there").isFalse();

    found = pod("kube-proxy-worker-3", UID, HASH);
    clock.advance(UnknownPods.MIRROR_INTERVAL);
    var _ = pods.turn();

    assertThat(present).containsExactly(found);
  }

  @Test
  void aStaticPodWithoutAMirrorIsAbsentAfterAWhile() throws InterruptedException {
    ContainerRef proxy = container("kube-proxy-worker-3", HASH, "kube-proxy");
    assertThat(pods.isAbsent(proxy)).isFalse();

    pass(UnknownPods.MIRROR_WAIT.plus(UnknownPods.MIRROR_INTERVAL).plusSeconds(1));

    assertThat(pods.isAbsent(proxy)).isTrue();
  }

  @Test
  void rememberNothingOfPodsWhoseFilesAreGone() throws InterruptedException {
    for (int i = 0; i < 1_000; i++) {
      assertThat(pods.isAbsent(container("job-" + i, UID, "app"))).isFalse();
      clock.advance(UnknownPods.ASK_AFTER);
      var _ = pods.turn();
      pods.forget(container("job-" + i, UID, "app"));
    }

    assertThat(pods.size()).isZero();
    assertThat(pods.waiting()).isEmpty();
  }

  @Test
  void aPodWithoutAnAnswerHoldsUpNoOther() throws InterruptedException {
    assertThat(pods.isAbsent(container("first", UID, "app"))).isFalse();
    clock.advance(Duration.ofMillis(1));
    assertThat(pods.isAbsent(container("second", UID, "app"))).isFalse();
    clock.advance(UnknownPods.ASK_AFTER);
    failure = new ApiServer.Refused(500, "GET");
    clock.advance(pods.turn());
    failure = null;

    clock.advance(pods.turn());

    assertThat(asked).containsExactly("shop/first", "shop/second");
  }
}
