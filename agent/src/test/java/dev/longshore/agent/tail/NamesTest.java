package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.LogFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names and first lines say which log, which container and which generation a file is.
class NamesTest {

  @ParameterizedTest
  @CsvSource({
    "0.log, 0.log, '', false",
    "0.log.20261123-054855, 0.log, .20261123-054855, false",
    "0.log.20261123-054855.gz, 0.log, .20261123-054855, true",
    "app.log.1, app.log, .1, false",
    "app.log.12.gz, app.log, .12, true",
    "messages-20261123, messages, -20261123, false",
    "server.log.2026-11-23, server.log, .2026-11-23, false",
    "app-1, app-1, '', false",
    "app.log.gz, app.log, '', true",
  })
  void takesRotationOffAName(String name, String base, String suffix, boolean gzip) {
    assertThat(RotatedName.parse(name)).isEqualTo(new RotatedName(base, suffix, gzip));
  }

  @Test
  void ordersNamesByAge() {
    assertThat(Stream.of("0.log", "0.log.1", "0.log.10.gz", "0.log.2"))
        .extracting(RotatedName::parse)
        .satisfies(
            names ->
                assertThat(names.stream().sorted(RotatedName.BY_AGE).map(RotatedName::plainName))
                    .containsExactly("0.log.10", "0.log.2", "0.log.1", "0.log"));
    assertThat(
            Stream.of("0.log", "0.log.20261123-054905", "0.log.20261123-054855.gz")
                .map(RotatedName::parse)
                .sorted(RotatedName.BY_AGE)
                .map(RotatedName::plainName))
        .isEqualTo(List.of("0.log.20261123-054855", "0.log.20261123-054905", "0.log"));
  }

  @Test
  void readsTheKubeletsFolders() {
    assertThat(LogPath.pods(Path.of("/var/log/pods/shop_pay-1_0f1e/app/0.log")))
        .isEqualTo(new ContainerRef("shop", "pay-1", "0f1e", "app"));
    assertThat(LogPath.pods(Path.of("/var/log/pods/shop_pay-1/app/0.log"))).isNull();
    assertThat(LogPath.pods(Path.of("/var/log/pods/shop_pay_1_0f1e/app/0.log"))).isNull();
    assertThat(LogPath.pods(Path.of("/var/log/app.log"))).isNull();
    assertThat(LogPath.containers(Path.of("/var/log/containers/pay-1_shop_my-app-4f2a.log")))
        .isEqualTo(new ContainerRef("shop", "pay-1", "", "my-app"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-11-23T05:48:55.123456789Z stdout F hi | CRI | 1795412935123456789",
        "2026-11-23T06:48:55.5+01:00 stderr P hi | CRI | 1795412935500000000",
        "2026-11-23T05:48:55.123456789Z someone wrote | PLAIN |",
        "2026-11-23T05:48:55Z stdouts F hi | PLAIN |",
        "2026-99-23T05:48:55Z stdout F hi | PLAIN |",
        "hello | PLAIN |",
        "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T05:48:55Z\"} | DOCKER_JSON"
            + " | 1795412935000000000",
        "{\"log\":\"no time\"} | DOCKER_JSON |",
      })
  void readsTheRuntimesTimestamp(String text, LogFormat format, Long nanos) {
    FirstLine line = FirstLine.of(0, text.getBytes(StandardCharsets.UTF_8));

    assertThat(line.format()).isEqualTo(format);
    assertThat(line.timestampNanos()).isEqualTo(nanos == null ? Block.NO_TIMESTAMP : nanos);
    assertThat(line.id("/var/log", 1, 0).equals(line.id("/var/log", 2, 0)))
        .isEqualTo(nanos != null);
  }
}
