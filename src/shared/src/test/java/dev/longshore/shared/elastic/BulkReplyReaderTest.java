package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A bulk reply is believed only when it states an outcome for each item that was sent.
class BulkReplyReaderTest {

  @Test
  void readsAnOutcomeForEachItem() throws IOException {
    BulkReply.Answered reply =
        read(
            """
            {"errors":true,"took":30,"items":[
              {"create":{"status":201}},
              {"create":{"status":400,"error":{"type":"document_parsing_exception",
                "reason":"[1:9] failed to parse","caused_by":{"type":"x","reason":"y"}}}},
              {"create":{"error":{"reason":"queue is full","type":"es_rejected_execution_exception"},"status":429}},
              {"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}}
            ]}
            """,
            4);

    assertThat(reply.statuses())
        .containsExactly((short) 201, (short) 400, (short) 429, (short) 409);
    assertThat(reply.failures())
        .containsExactly(
            new ItemFailure(1, 400, "document_parsing_exception", "[1:9] failed to parse", false),
            new ItemFailure(2, 429, "es_rejected_execution_exception", "queue is full", false),
            new ItemFailure(3, 409, "version_conflict_engine_exception", "exists", false));
    assertThat(reply.indexNames()).isNull();
  }

  @Test
  void tellsADocumentInTheFailureStoreFromAnIndexedOne() throws IOException {
    BulkReply.Answered reply =
        read(
            """
            {"errors":false,"items":[{"create":{"failure_store":"used","status":201}},
              {"create":{"failure_store":"not_enabled","status":201}}]}
            """,
            2);

    assertThat(reply.failures()).containsExactly(new ItemFailure(0, 201, "", "", true));
  }

  @Test
  void namesIndicesWhenAsked() throws IOException {
    BulkReply.Answered reply =
        BulkReplyReader.read(
            bytes(
                """
                {"errors":false,"items":[{"create":{"_index":".ds-logs-1","status":201}},
                  {"create":{"status":201}}]}
                """),
            2,
            true);

    assertThat(reply.indexNames()).containsExactly(".ds-logs-1", null);
  }

  @Test
  void passesOverMembersThatItDoesNotKnow() throws IOException {
    BulkReply.Answered reply =
        read(
            """
            {"ingest":{"deep":[{"items":[1,2]}]},"errors":false,
             "items":[{"create":{"_shards":{"total":[1]},"status":201,"x":null}}],"later":true}
            """,
            1);

    assertThat(reply.statuses()).containsExactly((short) 201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "null",
        "[]",
        "\"ok\"",
        "{",
        "{}",
        "{\"errors\":false}",
        "{\"items\":[{\"create\":{\"status\":201}}]}",
        "{\"errors\":\"false\",\"items\":[{\"create\":{\"status\":201}}]}",
        "{\"errors\":false,\"items\":{}}",
        "{\"errors\":false,\"items\":[]}",
        "{\"errors\":false,\"items\":[201]}",
        "{\"errors\":false,\"items\":[{}]}",
        "{\"errors\":false,\"items\":[{\"create\":{}}]}",
        "{\"errors\":false,\"items\":[{\"create\":201}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":\"201\"}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201.0}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":0}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":99999999999}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201,\"error\":{\"type\":\"x\"}}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201},\"index\":{\"status\":201}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":201}}]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}],\"items\":[]}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}}",
        "{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]} {}",
        "<html><body>502 Bad Gateway</body></html>",
        "{\"error\":{\"type\":\"security_exception\",\"reason\":\"no\"},\"status\":401}"
      })
  void refusesWhatStatesAnythingElse(String body) {
    assertThatThrownBy(() -> read(body, 1)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesAReplyThatWasCutAnywhere() {
    String whole =
        "{\"errors\":true,\"items\":[{\"create\":{\"status\":201}},"
            + "{\"create\":{\"status\":400,\"error\":{\"type\":\"t\",\"reason\":\"r\"}}}]}";
    for (int end = 0; end < whole.length(); end++) {
      String cut = whole.substring(0, end);
      assertThatThrownBy(() -> read(cut, 2)).as(cut).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesNestingWithoutEnd() {
    assertThatThrownBy(() -> read("{\"errors\":false,\"items\":" + "[".repeat(100_000), 1))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("{\"x\":" + "[".repeat(100_000), 1))
        .isInstanceOf(IOException.class);
  }

  private static BulkReply.Answered read(String body, int items) throws IOException {
    return BulkReplyReader.read(bytes(body), items, false);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
