package dev.longshore.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: the functions of Alertmanager's templates, also those that came after 0.25.
final class AlertmanagerFunctionsTest {
  private final ManualClock clock = new ManualClock();

  private String render(String text) throws TemplateException {
    Map<String, Object> data =
        Map.of(
            "At", Instant.parse("2026-07-01T22:05:09Z"),
            "Ago", clock.now().minus(Duration.ofSeconds(90)));
    return new TemplateLibrary(Functions.alertmanager(clock))
        .compile("slack.title", text)
        .execute(data);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{{ date \"2006-01-02 15:04\" .At }}~2026-07-01 22:05",
        "{{ .At | tz \"Europe/Berlin\" | date \"15:04 MST -07:00\" }}~00:05 CEST +02:00",
        "{{ since .Ago }} {{ since .Ago | humanizeDuration }}~1m30s 1m 30s",
        "{{ trimSpace \"  a \" }}.~a.",
        "{{ urlUnescape \"a%20b+c\" }}~a b c",
        "{{ safeUrl \"http://a\" }}~http://a",
        "{{ toJson (dict \"b\" 1 \"a\" (list 1 \"<x>\" 2.5 true))"
            + " }}~{\"a\":[1,\"\\u003cx\\u003e\",2.5,true],\"b\":1}",
        "{{ $l := list \"a\" }}{{ $l = append $l \"b\" }}{{ len $l }} {{ $l }}~2 [a b]",
        "{{ (dict \"a\" 5).a }} {{ (dict).a }}~5 <no value>",
        "{{ join \", \" (stringSlice \"a\" \"b\") }}~a, b",
        "{{ toJson \"a\\\"b\" }}~\"a\\\"b\"",
        "{{ toJson .At }}~\"2026-07-01T22:05:09Z\"",
      })
  void doesWhatAlertmanagerDocuments(String template, String expected) throws TemplateException {
    assertThat(render(template)).isEqualTo(expected);
  }

  @Test
  void namesATimeZoneThatThereIsNot() {
    assertThatThrownBy(() -> render("{{ .At | tz \"Europe/Atlantis\" }}"))
        .hasMessageContaining("unknown time zone Europe/Atlantis");
  }

  @Test
  void namesWhatIsNoPair() {
    assertThatThrownBy(() -> render("{{ dict \"a\" }}"))
        .hasMessageContaining("dict expects an even number of arguments");
  }
}
