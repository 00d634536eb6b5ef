package dev.longshore.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: an annotation that says something in Prometheus says the same here.
final class PrometheusFunctionsTest {
  private static final RuleContext CONTEXT =
      new RuleContext(
          expression ->
              List.of(
                  new QuerySample(Map.of("__name__", "up", "instance", "b"), 21.0),
                  new QuerySample(Map.of("__name__", "up", "instance", "a"), 11.0)),
          Instant.parse("2026-03-01T14:05:09.500Z"),
          "https://alerts.example.com/longshore");

  private static String render(String text, Object value) throws TemplateException {
    AlertData data =
        new AlertData(
            Map.of("instance", "node-7.example.com:9100", "pod", "checkout-7d9f"),
            value,
            Map.of("cluster", "north"),
            "https://alerts.example.com/longshore");
    return new TemplateLibrary(Functions.prometheus(CONTEXT))
        .compile("summary", text)
        .execute(data);
  }

  private static String render(String text) throws TemplateException {
    return render(text, 0.5);
  }

  @Test
  void samplesAndWhatARuleIsGivenPrintAsGoPrintsStructs() throws TemplateException {
    assertThat(render("{{ query \"up\" | first }} {{ query \"up\" }}"))
        .isEqualTo(
            "{map[__name__:up instance:b] 21} [{map[__name__:up instance:b] 21}"
                + " {map[__name__:up instance:a] 11}]");
    assertThat(render("{{ . }}"))
        .isEqualTo(
            "{map[instance:node-7.example.com:9100 pod:checkout-7d9f] map[cluster:north]"
                + " https://alerts.example.com/longshore 0.5}");
  }

  /// What Prometheus 3.5 writes of the same histogram.
  @Test
  void aNativeHistogramPrintsAsInPrometheusAndIsNoNumber() throws TemplateException {
    Histogram histogram =
        new Histogram(
            12,
            1234567.5,
            List.of(
                new Histogram.Bucket(true, -2, -1, false, 2),
                new Histogram.Bucket(true, -0.001, 0.001, true, 2),
                new Histogram.Bucket(false, 8, 16, true, 4.5)));
    assertThat(render("value {{ $value }}, {{ printf \"%v\" .Value }}", histogram))
        .isEqualTo(
            "value {count:12, sum:1.2345675e+06, [-2,-1):2, [-0.001,0.001]:2, (8,16]:4.5},"
                + " {count:12, sum:1.2345675e+06, [-2,-1):2, [-0.001,0.001]:2, (8,16]:4.5}");
    assertThat(render("{{ $value.Sum }} of {{ .Value.Count }}", histogram))
        .isEqualTo("1.2345675e+06 of 12");
    assertThatThrownBy(() -> render("{{ $value | humanize }}", histogram))
        .hasMessageContaining("can't convert *histogram.FloatHistogram to float");
    assertThatThrownBy(() -> render("{{ if gt $value 0.0 }}y{{ end }}", histogram))
        .hasMessageContaining("invalid type for comparison");
  }

  @ParameterizedTest
  @CsvSource({
    "humanize, 0, 0",
    "humanize, 1, 1",
    "humanize, 1234567, 1.235M",
    "humanize, .12, 120m",
    "humanize, Inf, +Inf",
    "humanize, NaN, NaN",
    "humanize, -1234567, -1.235M",
    "humanize1024, 0, 0",
    "humanize1024, 1, 1",
    "humanize1024, 1048576, 1Mi",
    "humanize1024, 1234567, 1.177Mi",
    "humanize1024, .12, 0.12",
    "humanize1024, 2048, 2ki",
    "humanizeDuration, 0, 0s",
    "humanizeDuration, 1, 1s",
    "humanizeDuration, 60, 1m 0s",
    "humanizeDuration, 3600, 1h 0m 0s",
    "humanizeDuration, 86400, 1d 0h 0m 0s",
    "humanizeDuration, 1234567, 14d 6h 56m 7s",
    "humanizeDuration, -183845, -2d 3h 4m 5s",
    "humanizeDuration, 899.99, 14m 59s",
    "humanizeDuration, 60.5, 1m 0s",
    "humanizeDuration, .1, 100ms",
    "humanizeDuration, .0001, 100us",
    "humanizeDuration, .12345, 123.5ms",
    "humanizeDuration, 1.2345, 1.234s",
    "humanizeDuration, 12.345, 12.35s",
    "humanizeDuration, NaN, NaN",
    "humanizePercentage, -0.22222, -22.22%",
    "humanizePercentage, 0, 0%",
    "humanizePercentage, 0.1234567, 12.35%",
    "humanizePercentage, 1.23456, 123.5%",
    "humanizeTimestamp, 1435065584.128, 2015-06-23 13:19:44.128 +0000 UTC",
    "humanizeTimestamp, Inf, +Inf",
    "toTime, 1435065584.128, 2015-06-23 13:19:44.128 +0000 UTC",
    "toDuration, 1.5, 1.5s",
    "toDuration, 5400, 1h30m0s",
  })
  void writesNumbersForPeople(String function, String number, String expected)
      throws TemplateException {
    assertThat(render("{{ \"" + number + "\" | " + function + " }}")).isEqualTo(expected);
    double value = Numbers.parse(number);
    assertThat(render("{{ $value | " + function + " }}", value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "toTime",
    "toDuration"
  })
  void namesTextThatIsNoNumber(String function) {
    assertThatThrownBy(() -> render("{{ " + function + " \"one\" }}"))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("error calling " + function)
        .hasMessageContaining("strconv.ParseFloat: parsing \"one\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{{ $labels.pod }}~checkout-7d9f",
        "{{ $labels.none }}x~x",
        "{{ $value }}~0.5",
        "{{ .Value }} {{ .Labels.pod }}~0.5 checkout-7d9f",
        "{{ $externalLabels.cluster }} {{ .ExternalLabels.cluster }}~north north",
        "{{ $externalURL }} {{ externalURL }}~https://alerts.example.com/longshore"
            + " https://alerts.example.com/longshore",
        "{{ pathPrefix }}~/longshore",
        "{{ printf \"%.2f\" $value }}~0.50",
        "{{ query \"up\" | first | value }}~21",
        "{{ query \"up\" | first | label \"instance\" }}~b",
        "{{ range query \"up\" | sortByLabel \"instance\" }}{{ .Labels.instance }}={{ .Value }} {{"
            + " end }}.~a=11 b=21 .",
        "{{ with query \"up\" }}{{ . | first | value | humanizePercentage }}{{ end }}~2100%",
        "{{ query \"up\" | first | strvalue }}.~.",
        "{{ len (query \"up\") }}~2",
        "{{ $labels.instance | stripPort }}~node-7.example.com",
        "{{ $labels.instance | stripDomain }}~node-7:9100",
        "{{ \"10.0.0.7:9100\" | stripDomain }} {{ \"[::1]:9100\" | stripPort }}~10.0.0.7:9100 ::1",
        "{{ \"[::1]:9100\" | stripDomain }} {{ \"plain\" | stripPort }}~[::1]:9100 plain",
        "{{ title \"aa bB CC\" }}~Aa BB CC",
        "{{ toUpper \"aa bB\" }} {{ toLower \"aA\" }}~AA BB aa",
        "{{ toUpper \"straße\" }} {{ toLower \"ΟΔΟΣ\" }}~STRAßE οδοσ",
        "{{ match \"a+\" \"aa\" }} {{ match \"a+\" \"b\" }}~true false",
        "{{ reReplaceAll \"(a)b\" \"x$1\" \"ab\" }}~xa",
        "{{ graphLink \"up == 0\" }}~/graph?g0.expr=up+%3D%3D+0&g0.tab=0",
        "{{ tableLink \"up\" }}~/graph?g0.expr=up&g0.tab=1",
        "{{ parseDuration \"1h30m\" }}~5400",
        "{{ urlQueryEscape \"a b&c\" }}~a+b%26c",
        "{{ define \"x\" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ template \"x\" (args 1 \"b\") }}~1-b",
        "{{ define \"x\" }}<{{ . }}>{{ end }}{{ tmpl \"x\" 5 }}~<5>",
        "{{ safeHtml \"<b>\" }}~<b>",
        "{{ now }}~1.7723739095e+09",
        "{{ (now | toTime).Year }}~2026",
        "{{ if gt $value 0.4 }}high{{ else }}low{{ end }}~high",
        "{{ if eq $labels.pod \"checkout-7d9f\" }}it{{ end }}~it",
      })
  void doesWhatPrometheusDocuments(String template, String expected) throws TemplateException {
    assertThat(render(template)).isEqualTo(expected);
  }

  @Test
  void namesTheEmptyVector() {
    RuleContext empty = RuleContext.empty();
    assertThatThrownBy(
            () ->
                new TemplateLibrary(Functions.prometheus(empty))
                    .compile("summary", "{{ query \"up\" | first }}")
                    .execute(AlertData.empty()))
        .hasMessage(
            "template: summary:1:16: executing \"summary\" at <first>: error calling first:"
                + " first() called on vector with no elements");
  }

  @Test
  void runsWithTheQueryOfThisEvaluation() throws TemplateException {
    Template template =
        new TemplateLibrary(Functions.prometheus(RuleContext.empty()))
            .compile("summary", "{{ range query \"up\" }}{{ .Value }} {{ end }}");

    assertThat(template.calls("query")).isTrue();
    assertThat(template.execute(AlertData.empty())).isEmpty();
    assertThat(template.execute(AlertData.empty(), Functions.prometheus(CONTEXT)))
        .isEqualTo("21 11 ");
  }

  @Test
  void namesAnUnknownFunctionAndTheNearest() {
    assertThatThrownBy(() -> render("line\n{{ $value | humanise }}"))
        .hasMessage(
            "template: summary:2: function \"humanise\" not defined; did you mean \"humanize\"?")
        .extracting(e -> ((TemplateException) e).kind())
        .isEqualTo(TemplateException.Kind.SYNTAX);
  }
}
