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
        "illegal_argument_exception|Provided Grok expressions do not match field value: [a [b] hunter2]"
            + "|Provided Grok expressions do not match field value: […]",
        "illegal_argument_exception|unable to parse date [hunter2]|unable to parse date […]",
        "illegal_argument_exception|field [user.id] of type [hunter2 it] cannot be cast"
            + "|field [user.id] of type […]",
        "illegal_argument_exception|pipeline with id [shop] does not exist"
            + "|pipeline with id [shop] does not exist",
        "dissect_exception|Unable to find match for dissect pattern: %{a} against source: hunter2"
            + "|400 dissect_exception",
        "fail_processor_exception|no such shop: hunter2|400 fail_processor_exception",
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
  void showsThePageThatSomebodyElseAnsweredWith() {
    assertThat(new Refusal(403, "http", "http://es-1:9200: '<h1>Request blocked</h1>'").text())
        .isEqualTo("403 http: http://es-1:9200: '<h1>Request blocked</h1>'");
    assertThat(new Refusal(413, "http", "http://es-1:9200: 'request body too large'").text())
        .isEqualTo("413 http: http://es-1:9200: 'request body too large'");
    assertThat(new Refusal(400, "http", "http://es-1:9200: 'bad line hunter2'").text())
        .doesNotContain("hunter2");
  }

  @Test
  void keepsTheWholeReasonForTheDeadLetter() {
    assertThat(new Refusal(400, "mapper_parsing_exception", "value: 'hunter2'").reason())
        .contains("hunter2");
  }
}
