package dev.longshore.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TimeZone;
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
            "Zero", GoTime.ZERO,
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
        "{{ toJson 0.000001 }} {{ toJson 0.0002 }} {{ toJson 1e7 }} {{ toJson -0.5 }}"
            + "~0.000001 0.0002 10000000 -0.5",
        "{{ toJson .At }}~\"2026-07-01T22:05:09Z\"",
      })
  void doesWhatAlertmanagerDocuments(String template, String expected) throws TemplateException {
    assertThat(render(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{{ (.At.Add 28800e9).Format \"2006-01-02 15:04:05\" }}~2026-07-02 06:05:09",
        "{{ .At.UnixNano }} {{ .At.UnixMicro }} {{ .At.Nanosecond }}"
            + "~1782943509000000000 1782943509000000 0",
        "{{ .Zero.UnixNano }} {{ .Zero.UnixMicro }}~-6795364578871345152 -62135596800000000",
        "{{ .At.AddDate 0 1 30 }} {{ .At.AddDate -1 0 0 }}"
            + "~2026-08-31 22:05:09 +0000 UTC 2025-07-01 22:05:09 +0000 UTC",
        "{{ (.Zero.AddDate 2023 1 30).Format \"2006-01-02\" }}~2024-03-02",
        "{{ (.At.Truncate 3600e9).Format \"15:04:05\" }} {{ (.At.Round 600e9).Format \"15:04:05\""
            + " }}~22:00:00 22:10:00",
        "{{ .At.Month }} {{ printf \"%02d\" .At.Month }} {{ eq .At.Month 7 }}~July 07 true",
        "{{ .At.Weekday }} {{ .At.Weekday.String }} {{ printf \"%d %s\" .At.Weekday .At.Weekday }}"
            + " {{ gt .At.Weekday 2 }} {{ toJson .At.Weekday }}~Wednesday Wednesday 3 Wednesday true 3",
        "{{ .At.Compare .Zero }} {{ .Zero.Compare .At }} {{ .At.Compare .At }}~1 -1 0",
        "{{ .At.IsDST }} {{ (.At | tz \"Europe/Berlin\").IsDST }}~false true",
      })
  void timesHaveTheMethodsThatTemplatesUse(String template, String expected)
      throws TemplateException {
    assertThat(render(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "America/Sao_Paulo,-03",
    "Asia/Dubai,+04",
    "Asia/Singapore,+08",
    "Asia/Kathmandu,+0545",
    "Asia/Tehran,+0330",
    "Australia/Lord_Howe,+1030",
    "America/Argentina/Buenos_Aires,-03",
    "Asia/Kolkata,IST",
    "Asia/Colombo,+0530",
    "Europe/Moscow,MSK",
    "Europe/Minsk,+03",
    "Europe/Istanbul,+03",
    "America/Adak,HDT",
    "Africa/Johannesburg,SAST",
    "Etc/GMT+5,-05",
    "UTC,UTC",
  })
  void namesZonesAsTheTimeZoneDatabaseDoes(String zone, String expected) throws TemplateException {
    assertThat(render("{{ .At | tz \"" + zone + "\" | date \"MST\" }}")).isEqualTo(expected);
  }

  @Test
  void localTimeIsThatOfTheProcess() throws TemplateException {
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Shanghai"));

      assertThat(render("{{ .At.Local.Format \"15:04 MST\" }} {{ .At | tz \"Local\" }}"))
          .isEqualTo("06:05 CST 2026-07-02 06:05:09 +0800 CST");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void trimsTheWhiteSpaceOfUnicode() throws TemplateException {
    assertThat(render("{{ trimSpace \"\\u00a0\\t a\\u00a0b \\u2003\\u0085\" }}|"))
        .isEqualTo("a\u00a0b|");
  }

  @Test
  void namesADateOutsideOfTime() {
    assertThatThrownBy(() -> render("{{ .At.AddDate 9000000000 0 0 }}"))
        .hasMessageContaining("AddDate leaves the years that there are");
    assertThatThrownBy(() -> render("{{ .At.AddDate 1 2 }}"))
        .hasMessageContaining("wrong number of args for AddDate: want 3 got 2");
    assertThatThrownBy(() -> render("{{ .At.AddDate 1 2 \"x\" }}"))
        .hasMessageContaining("expected int; got string");
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
