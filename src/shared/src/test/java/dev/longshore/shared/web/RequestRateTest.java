package dev.longshore.shared.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `rate_limit` of the web file bounds what is answered, and keeps no probe from its answer.
final class RequestRateTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("web.yml"), text);
  }

  private WebFile read(String text) throws IOException {
    return WebFile.read(file(text));
  }

  @Test
  void aRateLetsABurstPassAndThenOneEachInterval() throws Exception {
    RequestRate rate = read("rate_limit: {interval: 2s, burst: 3}\n").rate();
    long second = 1_000_000_000;

    assertThat(List.of(rate.take(0), rate.take(0), rate.take(0), rate.take(0)))
        .containsExactly(true, true, true, false);
    assertThat(rate.take(2 * second - 1)).isFalse();
    assertThat(rate.take(2 * second)).isTrue();
    assertThat(rate.take(2 * second)).isFalse();
    assertThat(List.of(rate.take(60 * second), rate.take(60 * second))).containsOnly(true);
    RequestRate none = read("rate_limit: {interval: 0s}\n").rate();
    assertThat(List.of(none.take(0), none.take(0))).containsOnly(true);
  }

  @Test
  void whatIsAboveItIsRefusedAndProbesAreAnswered() throws Exception {
    WebConfig config =
        new WebConfig(
            file("rate_limit: {interval: 1h}\n"), List.of(), Roles.STANDARD, null, null, List.of());
    AccessControl access =
        AccessControl.of(config, List.of(), new KnownHosts.Machine("", ""), Clock.system());

    assertThat(status(access, Surface.STATUS)).isEqualTo(200);
    assertThat(status(access, Surface.METRICS)).isEqualTo(429);
    assertThat(status(access, Surface.PROBES)).isEqualTo(200);
  }

  private static int status(AccessControl access, Surface surface) throws InterruptedException {
    WebRequest look =
        new WebRequest(
            "GET", Map.of("host", "localhost"), false, InetAddress.getLoopbackAddress(), null);
    return access.decide(Need.read(surface), look, "/") instanceof Decision.Refused refused
        ? refused.status()
        : 200;
  }
}
