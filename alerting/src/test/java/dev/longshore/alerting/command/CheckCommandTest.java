package dev.longshore.alerting.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.slack.SlackServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: `longshore alerting check` asks the sources what it can't know itself, says when they
/// did not answer, and asks nobody with `--offline`.
final class CheckCommandTest {
  private static final String RULES =
      """
      groups:
        - name: shop
          rules:
            - alert: Sound
              expr: pod_ready == 0
            - alert: RefusedByPrometheus
              expr: rate(foo) > 1
            - alert: ARange
              expr: foo[5m]
      """;

  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final SlackServer slack = SlackServer.start(Clock.system());
  private PrometheusStandIn prometheus;

  @BeforeEach
  void open() throws IOException {
    prometheus = PrometheusStandIn.start(CheckCommandTest::answer);
    Files.writeString(dir.resolve("rules.yml"), RULES);
  }

  @AfterEach
  void close() {
    prometheus.close();
    slack.close();
  }

  @Test
  void linksThatNobodysBrowserCanOpenAreNamed() throws Exception {
    check(
        Commands.OK,
        "prometheus: [{name: main, url: 'http://prometheus.monitoring.svc:9090'}]",
        "--offline");
    assertThat(said())
        .contains("warning: api.externalUrl is http://localhost:9093, which the browsers of people")
        .contains(
            "warning: externalUrl of prometheus main is http://prometheus.monitoring.svc:9090");

    check(
        Commands.OK,
        "prometheus: [{name: main, url: 'http://prometheus.monitoring.svc:9090',"
            + " externalUrl: 'https://prometheus.example.com'}]\n"
            + "api: {externalUrl: 'https://alerting.example.com'}",
        "--offline");
    assertThat(said()).doesNotContain("warning");
  }

  private static PrometheusStandIn.Reply answer(PrometheusStandIn.Question question) {
    return switch (question.query()) {
      case "rate(foo) > 1" ->
          PrometheusStandIn.Reply.error(
              400, "bad_data", "expected type range vector in call to function rate");
      case "foo[5m]" -> PrometheusStandIn.Reply.success("matrix", "[]");
      default -> PrometheusStandIn.Reply.vector();
    };
  }

  private void check(int exit, String config, String... more) throws Exception {
    out.reset();
    err.reset();
    Path file = Files.writeString(dir.resolve("alerting.yaml"), config);
    List<String> words = new ArrayList<>(List.of("check", "--config", file.toString()));
    words.addAll(List.of(more));
    Commands commands =
        new Commands(
            Map.of(),
            Clock.system(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int seen = commands.run(words);
    assertThat(seen).as(said()).isEqualTo(exit);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  private String withPrometheus(String url) {
    return "rules: [rules.yml]\nprometheus: [{name: main, url: %s}]\n".formatted(url);
  }

  private String withSlack(String token) throws IOException {
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - {channel: '#alerts', app_token: %s, app_url: '%s'}
        """
            .formatted(token, slack.apiUrl()));
    return "routing: alertmanager.yml\n";
  }

  @Test
  void whatPrometheusRefusesIsAProblemOfItsRule() throws Exception {
    check(Commands.FAILED, withPrometheus(prometheus.url().toString()));
    assertThat(said())
        .contains("RefusedByPrometheus: prometheus main refuses it: bad_data: expected type range")
        .contains("ARange: prometheus main refuses it: the expression gives a range of values")
        .contains("prometheus main: asked about 3 rules")
        .doesNotContain("Sound:");
    assertThat(prometheus.questions()).hasSize(3);
  }

  @Test
  void aPrometheusThatIsAwayIsSaidOnceAndIsNoProblem() throws Exception {
    prometheus.close();
    check(Commands.OK, withPrometheus(prometheus.url().toString()));
    assertThat(said())
        .containsOnlyOnce("warning: prometheus main was not asked: no connection")
        .contains("configuration is valid");
  }

  @Test
  void certificatesThatCanNotBeUsedAreProblemsAndNobodyIsAskedWithThem() throws Exception {
    Path none = dir.resolve("none.pem");
    Path text = Files.writeString(dir.resolve("text.pem"), "no certificate");
    Certificates mine = Certificates.create();
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - {url: 'https://hooks.example', http_config: {tls_config: {ca_file: %s}}}
            email_configs:
              - {to: ops@example.com, from: a@example.com, smarthost: 'mail:25', tls_config: {ca_file: %s}}
        """
            .formatted(none, text));
    check(
        Commands.WRONG,
        """
        rules: [rules.yml]
        routing: alertmanager.yml
        prometheus: [{name: main, url: '%s', tls: {caFile: %s}}]
        elasticsearch: {urls: ['https://localhost:9'], certFile: %s, keyFile: %s}
        """
            .formatted(prometheus.url(), none, mine.certificateFile(), text));
    assertThat(said())
        .contains("prometheus[0].tls.caFile " + none + " does not exist")
        .contains("elasticsearch.keyFile " + text + " holds no PEM private key")
        .contains("receiver team, webhook[0]: tls_config.ca_file " + none + " does not exist")
        .contains(
            "receiver team, email[0]: tls_config.ca_file " + text + " holds no PEM certificate")
        .doesNotContain("was not asked", "configuration is valid");
    assertThat(said().lines()).filteredOn(it -> it.contains("prometheus[0].tls")).hasSize(1);
    assertThat(prometheus.questions()).isEmpty();
  }

  /// As `alerting --config` ends with it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "routing: none.yml | none.yml: there is no such file",
        "routing: nobody.yml | there is no receiver 'nobody'",
        "routing: title.yml | function \"nope\" not defined",
        "routing: templates.yml | missing value for if",
        "{routing: sound.yml, oncall: oncall.yml} | rotations: is a section",
        "rules: [broken.yml] | exprr: unknown key",
        "state: {postgres: {url: 'postgresql://h/d', username: u, advertise: 'http://a:1', peers: {caFile: none.pem}}}"
            + " | none.pem does not exist",
      })
  void aFileThatIsWrongIsTheConfigurations(String config, String reason) throws Exception {
    String hook = "receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}]\n";
    Files.writeString(dir.resolve("sound.yml"), "route: {receiver: hook}\n" + hook);
    Files.writeString(dir.resolve("nobody.yml"), "route: {receiver: nobody}\n" + hook);
    Files.writeString(
        dir.resolve("templates.yml"), "templates: [bad.tmpl]\nroute: {receiver: hook}\n" + hook);
    Files.writeString(dir.resolve("bad.tmpl"), "{{ define \"x\" }}{{ if }}");
    Files.writeString(
        dir.resolve("title.yml"),
        """
        route: {receiver: team}
        receivers: [{name: team, slack_configs: [{api_url: 'http://127.0.0.1:9/', channel: '#a', title: '{{ nope }}'}]}]
        """);
    Files.writeString(dir.resolve("oncall.yml"), "rotations: {first: 1}\n");
    Files.writeString(dir.resolve("broken.yml"), RULES.replace("expr:", "exprr:"));
    check(Commands.WRONG, config, "--offline");
    assertThat(said()).contains(reason).doesNotContain("configuration is valid");
  }

  @Test
  void whatIsWrongInAFileCountsBeforeWhatPrometheusRefuses() throws Exception {
    Files.writeString(dir.resolve("broken.yml"), RULES.replace("expr:", "exprr:"));
    check(
        Commands.WRONG,
        withPrometheus(prometheus.url().toString())
            .replace("[rules.yml]", "[rules.yml, broken.yml]"));
    assertThat(said()).contains("exprr: unknown key", "RefusedByPrometheus: prometheus main");
  }

  @Test
  void offlineNobodyIsAsked() throws Exception {
    String config = withPrometheus(prometheus.url().toString()) + withSlack("xoxb-wrong");
    check(Commands.OK, config, "--offline");
    assertThat(prometheus.questions()).isEmpty();
    assertThat(slack.calls()).isEmpty();
  }

  @Test
  void aTokenThatSlackDoesNotKnowIsAProblemAndNothingIsPosted() throws Exception {
    check(Commands.FAILED, withSlack("xoxb-wrong"));
    assertThat(said()).contains("receiver team, slack[0]: invalid_auth", "Install the app again");
    assertThat(slack.calls()).extracting(SlackServer.Call::method).containsExactly("auth.test");

    check(Commands.OK, withSlack(SlackServer.TOKEN));
    assertThat(said()).contains("receiver team, slack[0]: knows us");
  }

  @Test
  void aPatternOfTemplatesWithoutAFileIsSaid() throws Exception {
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['*.tmpl']\n");
    check(Commands.OK, "routing: alertmanager.yml\n");
    assertThat(said()).contains("warning: ", "no file matches", "*.tmpl");
  }

  /// The labels of an alert are asked of the group in many a template; each message would say so.
  @Test
  void aTemplateThatAsksForAFieldThatThereIsNotIsSaid() throws Exception {
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        global: {slack_api_url: 'https://hooks.example.com/x'}
        route: {receiver: a}
        receivers:
          - name: a
            slack_configs:
              - channel: c
                title: '{{ .Labels.alertname }}'
                text: '{{ range .Alerts.Resolved }}{{ .Label.pod }}{{ end }}'
                pretext: '{{ template "nowhere" . }}'
                footer: '{{ .CommonLabels.pod }} {{ (index .Alerts 0).Annotations.nope }}'
        """);
    check(Commands.OK, "routing: alertmanager.yml\n");
    assertThat(
            said()
                .lines()
                .filter(
                    it ->
                        it.startsWith("warning: ") && it.contains("alertmanager.yml: template: ")))
        .hasSize(3)
        .anyMatch(
            it -> it.contains("a.slack[0].title") && it.contains("can't evaluate field Labels"))
        .anyMatch(it -> it.contains("a.slack[0].text") && it.contains("can't evaluate field Label"))
        .anyMatch(
            it -> it.contains("a.slack[0].pretext") && it.contains("\"nowhere\" not defined"));
  }

  @Test
  void aReceiverOfAnotherKindIsOneLineAndNoProblem() throws Exception {
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: a}
        receivers:
          - name: a
            carrierpigeon_configs: [{loft: abc}]
        """);
    check(Commands.OK, "routing: alertmanager.yml\n");
    assertThat(said())
        .containsOnlyOnce("carrierpigeon_configs is not supported and tells nobody")
        .contains("configuration is valid");
  }

  @Test
  void aSlackThatIsAwayIsSaidAndIsNoProblem() throws Exception {
    String config = withSlack(SlackServer.TOKEN);
    slack.close();
    check(Commands.OK, config);
    assertThat(said()).contains("warning: receiver team, slack[0] was not asked: no connection");
  }
}
