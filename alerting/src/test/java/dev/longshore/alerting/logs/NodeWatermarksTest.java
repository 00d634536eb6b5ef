package dev.longshore.alerting.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.elastic.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Promise: nodes are waited for, for five minutes and no longer; who is behind is named; what
/// comes after it was waited for is looked at again, once.
final class NodeWatermarksTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:07:10Z");

  private final NodeWatermarks nodeWatermarks = new NodeWatermarks();

  private static Instant ago(double minutes) {
    return NOW.minus(Duration.ofMillis((long) (minutes * 60_000)));
  }

  private static Watermark node(String name, @Nullable Instant to) {
    return new Watermark("dock", name, NOW.minusSeconds(2), to, false, List.of());
  }

  private WatermarkTracker.State state() {
    return nodeWatermarks.state(NOW, null, 0);
  }

  @Test
  void theNodeThatIsFurthestBehindIsWaitedForAndNamed() {
    nodeWatermarks.heard(List.of(node("node-1", ago(0.05)), node("node-7", ago(4))), NOW);
    assertThat(state().to()).isEqualTo(ago(4));
    assertThat(state().behind())
        .containsExactly("complete to 12:03:10 UTC", "node-7 is 4 min behind");
  }

  @Test
  void nobodyIsNamedWhenNobodyIsBehind() {
    nodeWatermarks.heard(List.of(node("node-1", ago(0.05)), node("node-2", ago(0.1))), NOW);
    assertThat(state().to()).isEqualTo(ago(0.1));
    assertThat(state().behind()).isEmpty();
  }

  @Test
  void fiveMinutesAreWaitedAndNotAMillisecondMore() {
    nodeWatermarks.heard(List.of(node("node-1", ago(0.1)), node("node-7", ago(5))), NOW);
    assertThat(state().to()).isEqualTo(ago(5));
    nodeWatermarks.heard(
        List.of(node("node-1", ago(0.1)), node("node-7", ago(5).minusMillis(1))), NOW);
    assertThat(state().to()).isEqualTo(ago(0.1));
    assertThat(state().behind()).contains("node-7 is 5 min behind");
  }

  @Test
  void withoutAnyAgentOrWithNoneThatIsNearFiveMinutesAreWaited() {
    assertThat(state().to()).isEqualTo(ago(5));
    nodeWatermarks.heard(List.of(node("node-7", ago(30)), node("node-8", null)), NOW);
    assertThat(state().to()).isEqualTo(ago(5));
    assertThat(state().behind())
        .containsExactly(
            "complete to 12:02:10 UTC",
            "node-7 is 30 min behind",
            "node-8 has not looked at all its logs yet");
  }

  @Test
  void aSilentNodeIsNamedForAnHourAndAStoppedOneIsNot() {
    Watermark silent = new Watermark("dock", "node-7", ago(59), ago(59), false, List.of());
    Watermark gone = new Watermark("dock", "node-8", ago(61), ago(61), false, List.of());
    Watermark stopped = new Watermark("dock", "node-9", ago(20), ago(20), true, List.of());
    nodeWatermarks.heard(List.of(silent, gone, stopped, node("node-1", ago(0))), NOW);
    assertThat(state().to()).isEqualTo(NOW);
    assertThat(state().behind())
        .containsExactly("complete to 12:07:10 UTC", "node-7 is silent for 59 min");
  }

  @Test
  void aContainerThatIsBehindIsNamedAndDoesNotHoldItsNode() {
    Watermark late =
        new Watermark(
            "dock",
            "node-7",
            NOW,
            ago(0.1),
            false,
            List.of(new Watermark.Behind("shop/cart-5c4b/app", ago(9))));
    nodeWatermarks.heard(List.of(late), NOW);
    assertThat(state().to()).isEqualTo(ago(0.1));
    assertThat(state().behind()).contains("shop/cart-5c4b/app on node-7 is 9 min behind");
  }

  @Test
  void whatReturnsIsToldOnceToEachRuleThatHadGoneOn() {
    nodeWatermarks.heard(List.of(node("node-1", ago(1)), node("node-7", ago(20))), NOW);
    WatermarkTracker.State before = nodeWatermarks.state(NOW, ago(1), -1);
    assertThat(before.returns()).isNull();

    nodeWatermarks.heard(List.of(node("node-1", ago(0.5)), node("node-7", ago(15))), NOW);
    nodeWatermarks.heard(List.of(node("node-1", ago(0.5)), node("node-7", ago(0.5))), NOW);
    WatermarkTracker.State after = nodeWatermarks.state(NOW, ago(1), before.lastReturn());
    assertThat(after.returns()).isEqualTo(new NodeWatermarks.Backfill(ago(20), ago(0.5)));
    assertThat(nodeWatermarks.state(NOW, ago(0.5), after.lastReturn()).returns()).isNull();
    assertThat(nodeWatermarks.state(NOW, ago(1), before.lastReturn()).returns()).isNotNull();
  }

  @Test
  void nothingReturnsOfWhoWasWaitedFor() {
    nodeWatermarks.heard(List.of(node("node-1", ago(1)), node("node-7", ago(4))), NOW);
    WatermarkTracker.State before = nodeWatermarks.state(NOW, ago(4), -1);
    nodeWatermarks.heard(List.of(node("node-1", ago(0)), node("node-7", ago(0))), NOW);
    assertThat(nodeWatermarks.state(NOW, ago(4), before.lastReturn()).returns()).isNull();
  }

  @Test
  void aContainerThatCaughtUpReturns() {
    Watermark late =
        new Watermark(
            "dock", "node-7", NOW, ago(1), false, List.of(new Watermark.Behind("a/b/c", ago(9))));
    nodeWatermarks.heard(List.of(late), NOW);
    WatermarkTracker.State before = nodeWatermarks.state(NOW, ago(1), -1);
    nodeWatermarks.heard(List.of(node("node-7", ago(0.5))), NOW);
    assertThat(nodeWatermarks.state(NOW, ago(1), before.lastReturn()).returns())
        .isEqualTo(new NodeWatermarks.Backfill(ago(9), ago(0.5)));
  }
}
