package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The document that an agent publishes is the one that docs/documents.md shows, and what an older
/// or newer agent leaves out is no obstacle.
final class NodeReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static final NodeReport REPORT =
      report("production", "worker-1", Instant.parse("2026-11-28T22:06:32.187Z"));

  static NodeReport report(String cluster, String node, Instant published) {
    return new NodeReport(
        cluster,
        node,
        published,
        Instant.parse("2026-11-28T06:00:11.502Z"),
        "0.1.0",
        "3815d38c0ffe",
        false,
        Instant.parse("2026-11-28T22:06:31.345565770Z"),
        42,
        0,
        true,
        new NodeReport.Records(18_204_117, 3_914_220_911L, 18_190_021, 0, 12, 14_051, 0),
        new NodeReport.Buffer(33, 6_912, 5_242_880, 966_367_642, 21_474_836_480L, 107_374_182_400L),
        1,
        List.of(
            new Watermark.Behind(
                "shop/cart-5c6b/app", Instant.parse("2026-11-28T21:58:02.000000001Z"))),
        List.of(new NodeReport.Paused("fair_share", 2)),
        List.of(
            new NodeReport.Refused(
                "logs-kubernetes.container_logs-default",
                400,
                "document_parsing_exception: failed to parse field [numbers.took]",
                Instant.parse("2026-11-28T21:40:00.100Z"),
                false)),
        60,
        List.of(new NodeReport.Load("shop", "cart", 9_120_044, 40_112, 0)),
        List.of(new NodeReport.Load("shop", "checkout", 1_002_113, 5_120, 37)),
        List.of(
            new NodeReport.NewError(
                "2:8f14e45fceea167a",
                "shop",
                "checkout",
                Instant.parse("2026-11-28T22:04:18.220114002Z"),
                35)));
  }

  @Test
  void theDocumentIsTheOneThatIsDocumented() throws IOException {
    String page = Files.readString(ProjectFolder.find().resolve("docs/documents.md"));
    String section = page.substring(page.indexOf("## The fleet"));
    int begin = section.indexOf("```json") + "```json".length();
    JsonNode documented = JSON.readTree(section.substring(begin, section.indexOf("```", begin)));

    assertThat(JSON.readTree(NodeReports.document(REPORT))).isEqualTo(documented);
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    assertThat(NodeReports.parse(Json.read(NodeReports.document(REPORT)))).isEqualTo(REPORT);
  }

  @Test
  void whatIsMissingIsNothingAndWhatIsUnknownIsPassedOver() throws IOException {
    byte[] bare =
        """
        {"@timestamp": "2026-11-28T22:06:32Z", "cluster": "c", "node": "n",
         "from_the_future": {"a": [1]}}
        """
            .getBytes(StandardCharsets.UTF_8);

    NodeReport read = NodeReports.parse(Json.read(bare));

    assertThat(read.searchableUpTo()).isNull();
    assertThat(read.apiServer()).isNull();
    assertThat(read.buffer().volumeBytes()).isEqualTo(-1);
    assertThat(read.loudest()).isEmpty();
    assertThat(new String(NodeReports.document(read), StandardCharsets.UTF_8))
        .doesNotContain("null");
  }
}
