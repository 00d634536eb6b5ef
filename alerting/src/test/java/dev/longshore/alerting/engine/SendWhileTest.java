package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that may not send keeps messages back, and sends each once when it may.
final class SendWhileTest {
  @TempDir Path dir;

  @Test
  void whatIsKeptBackIsToldWhenItMayBe() throws Exception {
    try (EngineRig rig = new EngineRig(dir)) {
      AtomicBoolean leads = new AtomicBoolean();
      rig.engine.notifier().sendWhile(leads::get);
      rig.put(rig.posted("PodDown", Duration.ofMinutes(10)));
      rig.pass(Duration.ofMinutes(2));
      assertThat(rig.told()).isEmpty();

      leads.set(true);
      rig.pass(Duration.ofSeconds(5));
      assertThat(rig.told()).containsExactly("firing PodDown");
    }
  }

  @Test
  void whetherItMaySendIsAskedOnceMoreRightBeforeEachMessage() throws Exception {
    try (EngineRig rig = new EngineRig(dir)) {
      rig.put(rig.posted("PodDown", Duration.ofMinutes(10)));
      rig.pass(Duration.ofSeconds(1));
      // The lease runs out between the choice of the message and its sending, and is renewed later.
      AtomicInteger asked = new AtomicInteger();
      AtomicBoolean refused = new AtomicBoolean();
      rig.engine
          .notifier()
          .sendWhile(
              () -> {
                boolean last = asked.incrementAndGet() >= 2 && refused.compareAndSet(false, true);
                return !last;
              });
      rig.put(rig.posted("DiskFull", Duration.ofMinutes(10)));
      rig.pass(Duration.ofMinutes(2));
      assertThat(refused).isTrue();
      assertThat(rig.told()).contains("firing DiskFull").doesNotHaveDuplicates();
    }
  }
}
