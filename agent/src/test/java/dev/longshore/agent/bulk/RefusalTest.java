package dev.longshore.agent.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is shown of a refusal names the field and never holds what the log line says.
class RefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "document_parsing_exception|[1:99] failed to parse field [status] of type [long] in document"
            + " with id 'x'. Preview of field's value: 'login ok password=hunter2'|field [status]",
        "mapper_parsing_exception|failed to parse field [user.id] of type [date]; hunter2"
            + "|field [user.id]",
        "illegal_argument_exception|For input string: \"hunter2\"|400 illegal_argument_exception",
        "illegal_argument_exception|Document contains at least one immense term in field=\"message\""
            + " (whose UTF8 encoding is longer), original message: hunter2|field [message]",
        "json_parse_exception|Unexpected character ('h' (code 104)): hunter2|400 json_parse_exception",
        "some_new_exception|something about 'hunter2' failed|something about '…' failed",
        "some_new_exception|something about 'hunter2 and it was cu|something about '…'"
      })
  void showsTypeAndFieldOfARefusedDocument(String type, String reason, String shown) {
    String text = new Refusal(400, type, reason).text();

    assertThat(text).contains(shown).contains(type).doesNotContain("hunter2");
  }

  @Test
  void showsTheReasonOfWhatIsNotAboutADocument() {
    assertThat(new Refusal(401, "security_exception", "unable to authenticate user [agent]").text())
        .isEqualTo("401 security_exception: unable to authenticate user [agent]");
  }

  @Test
  void keepsTheWholeReasonForTheDeadLetter() {
    assertThat(new Refusal(400, "mapper_parsing_exception", "value: 'hunter2'").reason())
        .contains("hunter2");
  }
}
