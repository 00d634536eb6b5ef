package dev.longshore.alerting.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.alert.Labels;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A source that can't work is refused with everything that is wrong, and no secret is shown.
final class PrometheusConfigTest {

  @Test
  void refusesWhatCanNotWork() {
    assertThatThrownBy(
            () ->
                new PrometheusConfig(
                    " ",
                    URI.create("ftp://prometheus"),
                    URI.create("http://user:secret@prometheus"),
                    Credentials.NONE,
                    TlsFiles.NONE,
                    Map.of("Authorization", "Bearer hidden"),
                    Labels.EMPTY,
                    Duration.ofHours(1),
                    0,
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is blank")
        .hasMessageContaining("url ftp://prometheus is neither http:// nor https://")
        .hasMessageContaining("credentials do not belong into the externalUrl of prometheus")
        .hasMessageContaining("headers: Authorization is not for you to set")
        .hasMessageContaining("timeout is PT1H; between 100ms and 5m is accepted")
        .hasMessageContaining("concurrency is 0; between 1 and 64")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void credentialsDoNotContradictEachOther() {
    Path file = Path.of("/token");
    assertRefused(() -> new Credentials("a", null, null, null, null), "one is missing");
    assertRefused(() -> new Credentials(null, "b", null, null, null), "one is missing");
    assertRefused(() -> new Credentials("a", "b", file, null, null), "exclude each other");
    assertRefused(() -> new Credentials(null, null, null, "t", file), "exclude each other");
    assertRefused(() -> new Credentials("a", "b", null, "t", null), "exclude each other");
    assertRefused(() -> new Credentials("a:b", "c", null, null, null), "holds a colon");
    assertRefused(() -> new TlsFiles(null, file, null, false), "one is missing");
    assertRefused(() -> new TlsFiles(file, null, null, true), "exclude each other");
  }

  @Test
  void showsNoSecret() {
    PrometheusConfig config =
        new PrometheusConfig(
            "main",
            URI.create("http://prometheus:9090"),
            URI.create("http://prometheus:9090"),
            Credentials.basic("longshore", "hunter2"),
            TlsFiles.NONE,
            Map.of("X-Key", "hunter3"),
            Labels.EMPTY,
            PrometheusConfig.DEFAULT_TIMEOUT,
            1,
            List.of());
    assertThat(config.toString()).contains("longshore", "X-Key").doesNotContain("hunter");
  }

  @Test
  void theFirstSourceWithAPatternTakesAGroupAndTheFirstWithoutTakesTheRest() {
    Sources sources =
        new Sources(
            List.of(
                new Sources.Assignment(new Named("main"), List.of()),
                new Sources.Assignment(new Named("nodes"), List.of("node-*", "*.kube")),
                new Sources.Assignment(new Named("late"), List.of("node-exporter")),
                new Sources.Assignment(new Named("second"), List.of())));
    assertThat(name(sources, "node-exporter")).isEqualTo("nodes");
    assertThat(name(sources, "etcd.kube")).isEqualTo("nodes");
    assertThat(name(sources, "etcdXkube")).isEqualTo("main");
    assertThat(name(sources, "checkout")).isEqualTo("main");
    Sources nodesOnly =
        new Sources(List.of(new Sources.Assignment(new Named("nodes"), List.of("node-*"))));
    assertThat(nodesOnly.of("checkout")).isNull();
  }

  private static String name(Sources sources, String group) {
    MetricSource source = sources.of(group);
    return source == null ? "" : source.name();
  }

  private static void assertRefused(Runnable constructor, String message) {
    assertThatThrownBy(constructor::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private record Named(String name) implements MetricSource {
    @Override
    public Answer query(String expression, Instant at) {
      return new Answer.Unavailable("not asked");
    }

    @Override
    public Labels externalLabels() {
      return Labels.EMPTY;
    }

    @Override
    public String link(String expression) {
      return "";
    }

    @Override
    public int concurrency() {
      return 1;
    }
  }
}
