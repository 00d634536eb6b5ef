package dev.longshore.shared.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.longshore.shared.clock.SetClock;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A warning that repeats is written once per key and interval, and says how many it stands for.
class RateLimitedLoggerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final SetClock clock = new SetClock();
  private final RateLimitedLogger limited;

  RateLimitedLoggerTest() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.configure(context, "info", out);
    limited = new RateLimitedLogger(context.getLogger("tail"), clock, Duration.ofSeconds(10));
  }

  @Test
  void writesTheFirstAndCountsTheRestUntilTheIntervalIsOver() {
    warn("a.log");
    warn("a.log");
    warn("a.log");
    clock.advance(Duration.ofSeconds(10));
    warn("a.log");

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).contains("\"file\":\"a.log\"").doesNotContain("suppressed");
    assertThat(lines().get(1)).contains("\"suppressed\":2");
  }

  @Test
  void tellsKeysApart() {
    warn("a.log");
    warn("b.log");

    assertThat(lines()).hasSize(2);
  }

  @Test
  void boundsItsMemoryByLettingNewKeysShareOne() {
    for (int i = 0; i < RateLimitedLogger.MAX_KEYS + 100; i++) {
      warn(i + ".log");
    }

    assertThat(lines()).hasSize(RateLimitedLogger.MAX_KEYS + 1);
  }

  @Test
  void forgetsKeysWhoseIntervalIsOver() {
    for (int i = 0; i < RateLimitedLogger.MAX_KEYS; i++) {
      warn(i + ".log");
    }
    clock.advance(Duration.ofSeconds(11));
    warn("new-1.log");
    warn("new-2.log");

    assertThat(lines()).hasSize(RateLimitedLogger.MAX_KEYS + 2);
  }

  private void warn(String file) {
    limited.warn(
        file,
        event -> {
          var _ = event.setMessage("the file can't be read").addKeyValue("file", file);
        });
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
