package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.elastic.ItemFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An item's answer is judged by what is at fault: a document is given up only when the document
/// is, the target is waited for, the rest is tried again.
class ItemOutcomeTest {

  @ParameterizedTest(name = "{0} {1}: {2} → {3} when others fail, {4} when they get through")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          409 | version_conflict_engine_exception | document already exists          | Duplicate | Duplicate
          409 | some_other_conflict               | no                               | Retry     | Retry
          429 | es_rejected_execution_exception   | rejected execution of primary    | Retry     | Retry
          502 | bad_gateway                       | no                               | Retry     | Retry
          503 | unavailable_shards_exception      | primary shard is not active      | Retry     | Retry
          504 | timeout                           | no                               | Retry     | Retry
          500 | illegal_state_exception           | no                               | Retry     | Retry
          302 | redirect                          | no                               | Retry     | Retry
          400 | document_parsing_exception        | failed to parse field            | Refused   | Refused
          400 | mapper_parsing_exception          | object mapping tried to parse    | Refused   | Refused
          400 | strict_dynamic_mapping_exception  | introduction of x not allowed    | Refused   | Refused
          400 | illegal_argument_exception        | Document contains at least one immense term | Refused | Refused
          400 | illegal_argument_exception        | Limit of total fields [1000] has been exceeded | Refused | Refused
          400 | illegal_argument_exception        | mapper [x] cannot be changed from type [long] to [text] | Refused | Refused
          400 | illegal_argument_exception        | pipeline with id [x] does not exist | Pause   | Pause
          400 | illegal_argument_exception        | no write index is defined for alias [x]. The write index may | Pause | Pause
          400 | validation_exception              | Validation Failed: 1: this action would add [1] shards, but | Pause | Pause
          400 | illegal_argument_exception        | Provided Grok expressions do not match field value: [pipeline with id [ | Pause | Refused
          400 | never_heard_of_exception          | no                               | Pause     | Refused
          404 | index_not_found_exception         | no such index                    | Pause     | Pause
          400 | index_closed_exception            | closed                           | Pause     | Pause
          403 | cluster_block_exception           | index read-only                  | Pause     | Pause
          429 | cluster_block_exception           | disk usage exceeded flood-stage  | Pause     | Pause
          403 | security_exception                | unauthorized                     | Pause     | Pause
          401 | other                             | no                               | Pause     | Pause
          """)
  void judgesByTypeBeforeStatus(
      int status, String type, String reason, String alone, String othersGetThrough) {
    ItemFailure failure = new ItemFailure(0, status, type, reason, false);

    assertThat(ItemOutcome.ofItem(status, failure, 0, false).getClass().getSimpleName())
        .isEqualTo(alone);
    assertThat(ItemOutcome.ofItem(status, failure, 0, true).getClass().getSimpleName())
        .isEqualTo(othersGetThrough);
  }

  @Test
  void successNeedsNoWords() {
    assertThat(ItemOutcome.ofItem(201, null, 0, false)).isEqualTo(new ItemOutcome.Indexed());
    assertThat(ItemOutcome.ofItem(409, null, 0, false)).isEqualTo(new ItemOutcome.Duplicate());
  }

  @Test
  void aCreatedDocumentHas201AndOneThatAPipelineDroppedHas200() {
    assertThat(ItemOutcome.ofItem(200, null, 0, true)).isEqualTo(new ItemOutcome.Dropped());
  }

  @Test
  void theFailureStoreIsADeadLetterAndNotASuccess() {
    ItemFailure stored = new ItemFailure(0, 201, "document_parsing_exception", "bad", true);

    assertThat(ItemOutcome.ofItem(201, stored, 0, true))
        .isInstanceOf(ItemOutcome.InFailureStore.class);
  }

  @Test
  void aDocumentThatAlwaysMakesTheServerFailIsGivenUpWhenOthersGetThrough() {
    ItemFailure failure = new ItemFailure(0, 500, "null_pointer_exception", "", false);

    assertThat(ItemOutcome.ofItem(500, failure, ItemOutcome.MOST_SERVER_ERRORS, true))
        .isInstanceOf(ItemOutcome.Refused.class);
    assertThat(ItemOutcome.ofItem(500, failure, ItemOutcome.MOST_SERVER_ERRORS, false))
        .isInstanceOf(ItemOutcome.Retry.class);
  }
}
