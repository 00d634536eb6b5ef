package dev.longshore.alerting.logs;

import static dev.longshore.alerting.logs.LogRig.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Promise: a message says what was rolled out last, when, and what ran before; in a real
/// Elasticsearch, by lines as agents write them.
@ResourceLock(LogRig.ALL_LOGS)
final class RolloutsIT {
  private static final String OLD = "7d9f8b6c5";
  private static final String NEW = "6b5c9d8f4";

  private final LogRig rig = new LogRig();
  private final LogSource source = rig.source();

  @AfterEach
  void close() {
    rig.close();
  }

  private void line(int minutesAgo, String hash, String image) {
    line(minutesAgo, hash, "app", image);
  }

  private void line(int minutesAgo, String hash, String container, String image) {
    rig.lines(
        1,
        NOW.minusSeconds(60L * minutesAgo),
        "message",
        "reading basket",
        "kubernetes.namespace",
        rig.cluster,
        "kubernetes.pod.name",
        "cart-" + hash + "-x2x4z",
        "kubernetes.deployment.name",
        "cart",
        "kubernetes.labels",
        Map.of("app.kubernetes.io/name", "cart", "pod-template-hash", hash),
        "kubernetes.container.name",
        container,
        "container.image.name",
        image,
        "service.name",
        "cart");
  }

  private String rollout(String... label) {
    Labels labels = Labels.of("namespace", rig.cluster, label[0], label[1]);
    Evidence evidence = source.rollout(labels, NOW);
    return evidence.facts().isEmpty() ? "" : evidence.facts().getFirst().text();
  }

  @Test
  void saysWhatCameInTheLastOneAndWhatWasThereBefore() {
    line(300, OLD, "cart:1.4");
    line(20, OLD, "cart:1.4");
    line(20, OLD, "proxy", "proxy:9");
    line(18, NEW, "cart:1.5");
    line(17, NEW, "proxy", "proxy:9");
    line(1, NEW, "cart:1.5");

    String words = "2026-11-23 06:42 UTC, 18m before: cart:1.5, was cart:1.4";
    assertThat(rollout("deployment", "cart")).isEqualTo(words);
    assertThat(rollout("pod", "cart-" + OLD + "-x2x4z")).isEqualTo(words);
    assertThat(rollout("service", "cart")).isEqualTo(words);
  }

  @Test
  void oneThatGoesOnIsNotYetEverywhere() {
    line(300, OLD, "cart:1.4");
    line(4, NEW, "cart:1.5");
    line(3, NEW, "cart:1.5");
    line(1, OLD, "cart:1.4");

    assertThat(rollout("deployment", "cart"))
        .isEqualTo("2026-11-23 06:56 UTC, 4m before, not yet everywhere: cart:1.5, was cart:1.4");
  }

  @Test
  void oneThatWasTakenBackIsToldAsThat() {
    line(300, OLD, "cart:1.4");
    line(60, NEW, "cart:1.5");
    line(30, NEW, "cart:1.5");
    line(1, OLD, "cart:1.4");

    assertThat(rollout("deployment", "cart"))
        .isEqualTo(
            "back to an earlier one, complete 2026-11-23 06:30 UTC, 30m before: cart:1.4, was"
                + " cart:1.5");
  }

  @Test
  void oneThatChangedNoImageSaysSo() {
    line(300, OLD, "cart:1.4");
    line(18, NEW, "cart:1.4");
    line(1, NEW, "cart:1.4");

    assertThat(rollout("deployment", "cart"))
        .isEqualTo("2026-11-23 06:42 UTC, 18m before, the images are the same");
  }

  @Test
  void whereThereIsOneRevisionNothingWasRolledOut() {
    line(60 * 24 * 9, OLD, "cart:1.4");
    line(60 * 24 * 7 - 1, OLD, "cart:1.4");
    line(1, OLD, "cart:1.4");
    assertThat(rollout("deployment", "cart")).isEqualTo("none within 7 days");
  }

  @Test
  void whatBeganToLogLatelyIsTheFirst() {
    line(180, OLD, "cart:1.4");
    line(1, OLD, "cart:1.4");
    assertThat(rollout("deployment", "cart"))
        .isEqualTo("no other than that of 2026-11-23 04:00 UTC: cart:1.4");
  }

  @Test
  void saysNothingOfWhatItDoesNotKnow() {
    line(1, OLD, "cart:1.4");
    assertThat(rollout("deployment", "checkout")).isEmpty();
    assertThat(rollout("alertname", "Slow")).isEmpty();
    assertThat(source.rollout(Labels.of("deployment", "cart"), NOW)).isEqualTo(Evidence.NONE);
  }
}
