package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// The connection's settings are checked at once, and never show a secret.
class ElasticConfigTest {

  @Test
  void pinsItsDefaults() {
    assertThat(ElasticConfig.defaults())
        .isEqualTo(
            new ElasticConfig(
                List.of(URI.create("http://localhost:9200")),
                null,
                null,
                null,
                null,
                false,
                Duration.ofSeconds(60)));
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThatThrownBy(
            () ->
                new ElasticConfig(
                    List.of(URI.create("es-1:9200"), URI.create("https://elastic:s3cret@es-2")),
                    "elastic",
                    null,
                    "key",
                    null,
                    false,
                    Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("es-1:9200 is neither http:// nor https://")
        .hasMessageContaining("credentials do not belong into the URL of es-2")
        .hasMessageContaining("go together")
        .hasMessageContaining("exclude each other")
        .hasMessageContaining("requestTimeout")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void hidesSecrets() {
    ElasticConfig config =
        new ElasticConfig(
            List.of(ElasticConfig.DEFAULT_URL),
            "elastic",
            "dock-side-42",
            null,
            null,
            true,
            Duration.ofSeconds(1));

    assertThat(config.toString()).contains("elastic").doesNotContain("dock-side-42");
  }

  @Test
  void compressesAgainAndAgainIntoOneBuffer() throws IOException {
    GzipBuffer buffer = new GzipBuffer();
    Random random = new Random(42);
    for (int length : new int[] {1, 3_000_000, 0, 700, 1_000_000}) {
      byte[] body = new byte[length + 10];
      random.nextBytes(body);
      buffer.fill(body, length);
      byte[] back =
          new GZIPInputStream(new ByteArrayInputStream(buffer.bytes(), 0, buffer.length()))
              .readAllBytes();
      assertThat(back).isEqualTo(Arrays.copyOf(body, length));
    }
  }

  @Test
  void derivesPatternAndRetentionOfATemplate() {
    assertThat(DataStreamTemplate.pattern("logs-kubernetes.container_logs-default"))
        .isEqualTo("logs-kubernetes.container_logs-*");
    assertThat(DataStreamTemplate.pattern("logs-app-team-a")).isEqualTo("logs-app-*");
    assertThat(DataStreamTemplate.pattern("dock")).isEqualTo("dock");
    assertThat(DataStreamTemplate.timeUnits(Duration.ofDays(30))).isEqualTo("30d");
    assertThat(DataStreamTemplate.timeUnits(Duration.ofHours(36))).isEqualTo("36h");
    assertThat(DataStreamTemplate.timeUnits(Duration.ofMinutes(90))).isEqualTo("5400s");
    assertThat(DataStreamTemplate.timeUnits(Duration.ofMillis(1500))).isEqualTo("1500ms");
  }
}
