package dev.longshore.alerting.receiver.jira;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a group is one issue of Jira: opened, brought up to date, moved, and opened again.
final class JiraTest {
  private static final String FILE =
      """
      global: {jira_api_url: URL/rest/api/2/}
      receivers:
        - name: team
          jira_configs:
            - project: OPS
              issue_type: Bug
              labels: ['{{ .CommonLabels.team }}']
              resolve_transition: Done
              reopen_transition: Reopen
              wont_fix_resolution: "Won't Do"
              reopen_duration: 1h
              fields: {customfield_1: '{"value": "red"}', customfield_2: plain}
              http_config: {basic_auth: {username: ann, password: pw}}
      """;

  @TempDir Path folder;

  /// A project with one issue at most.
  private static final class Project {
    private final List<String> log = new ArrayList<>();
    private String status = "";

    Reply answer(Request request) {
      log.add(request.method() + " " + request.path());
      return switch (request.method() + " " + request.path()) {
        case "POST /rest/api/2/search" ->
            new Reply(
                200,
                status.isEmpty()
                    ? "{\"issues\":[]}"
                    : "{\"issues\":[{\"key\":\"OPS-1\",\"fields\":{\"status\":{\"statusCategory\":{\"key\":\""
                        + status
                        + "\"}}}}]}");
        case "POST /rest/api/2/issue" -> {
          status = "new";
          yield new Reply(201, "{\"key\":\"OPS-1\"}");
        }
        case "PUT /rest/api/2/issue/OPS-1" -> new Reply(204, "");
        case "GET /rest/api/2/issue/OPS-1/transitions" ->
            new Reply(
                200,
                "{\"transitions\":[{\"id\":\"31\",\"name\":\"Done\"},{\"id\":\"41\",\"name\":\"Reopen\"}]}");
        case "POST /rest/api/2/issue/OPS-1/transitions" -> {
          status = request.json().at("/transition/id").asText().equals("31") ? "done" : "new";
          yield new Reply(204, "");
        }
        default -> new Reply(404, "");
      };
    }
  }

  @Test
  void aGroupIsOneIssue() throws Exception {
    Project project = new Project();
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, project::answer)) {
      var alert = ReceiverRig.alert("alertname", "Slow", "team", "shop", "severity", "critical");
      assertThat(rig.resolve(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(project.log).as("nothing to close").containsExactly("POST /rest/api/2/search");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/fields/project/key")).isEqualTo("OPS");
      assertThat(rig.field("/fields/priority/name")).isEqualTo("High");
      assertThat(rig.field("/fields/labels/0")).isEqualTo("shop");
      assertThat(rig.field("/fields/labels/1")).startsWith("ALERT{");
      assertThat(rig.field("/fields/customfield_1/value")).isEqualTo("red");
      assertThat(rig.field("/fields/customfield_2")).isEqualTo("plain");
      rig.fire(alert);
      assertThat(rig.last().method()).isEqualTo("PUT");
      assertThat(rig.field("/fields/issuetype")).isNull();
      rig.resolve(alert);
      assertThat(project.status).isEqualTo("done");
      rig.fire(alert);
      assertThat(project.status).isEqualTo("new");
      assertThat(rig.requests.getFirst().json().path("jql").asText())
          .startsWith(
              "(resolution is EMPTY OR resolution != \"Won't Do\") and statusCategory != Done")
          .contains("project=\"OPS\" and labels=\"ALERT{");
    }
  }

  @Test
  void aTransitionThatIsNotThereIsForAPerson() throws Exception {
    Project project = new Project();
    project.status = "new";
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE.replace("resolve_transition: Done", "resolve_transition: Gone"),
            project::answer)) {
      assertThat(rig.resolve(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it -> assertThat(it.remedy()).contains("no transition 'Gone'", "[Done, Reopen]"));
    }
  }

  @Test
  void fieldsAreValuesOfAnyKindAndWhatIsFixedStaysAsItWasOpened() throws Exception {
    Project project = new Project();
    String file =
        FILE.replace(
            "fields: {customfield_1: '{\"value\": \"red\"}', customfield_2: plain}",
            """
            summary: {template: 'slow {{ .CommonLabels.team }}', enable_update: false}
                    description: {template: d}
                    fields:
                      components: [{name: '{{ .CommonLabels.team }}'}]
                      customfield_1: {value: '{{ .CommonLabels.severity }}'}
                      customfield_2: 7
                      customfield_3: '{{ len .Alerts }}'
                      customfield_4: true""");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, project::answer)) {
      var alert = ReceiverRig.alert("alertname", "Slow", "team", "shop", "severity", "critical");
      rig.fire(alert);
      assertThat(rig.field("/fields/summary")).isEqualTo("slow shop");
      assertThat(rig.field("/fields/description")).isEqualTo("d");
      assertThat(rig.last().json().at("/fields/components").toString())
          .isEqualTo("[{\"name\":\"shop\"}]");
      assertThat(rig.field("/fields/customfield_1/value")).isEqualTo("critical");
      assertThat(rig.last().json().at("/fields/customfield_2").isInt()).isTrue();
      assertThat(rig.last().json().at("/fields/customfield_3").isInt()).isTrue();
      assertThat(rig.last().json().at("/fields/customfield_4").isBoolean()).isTrue();
      rig.fire(alert);
      assertThat(rig.last().method()).isEqualTo("PUT");
      assertThat(rig.field("/fields/summary")).isNull();
      assertThat(rig.field("/fields/description")).isEqualTo("d");
    }
  }

  @Test
  void jiraCloudIsSearchedByVersionThreeWhateverElseIsCalled() throws Exception {
    List<String> paths = new ArrayList<>();
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE.replace("- project: OPS", "- project: OPS\n        api_type: cloud"),
            request -> {
              paths.add(request.path());
              return new Reply(200, "{\"issues\":[]}");
            })) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(paths).containsExactly("/rest/api/3/search/jql", "/rest/api/2/issue");
    }
  }

  @Test
  void versionThreeGetsADocumentAndOneThatTheTemplateWrites() throws Exception {
    String file = FILE.replace("/rest/api/2/", "/rest/api/3/");
    String written =
        file.replace(
            "issue_type: Bug",
            "issue_type: Bug\n        description: '{\"version\":1,\"type\":\"doc\",\"content\":[]}'");
    for (String each : List.of(file, written)) {
      try (ReceiverRig rig =
          ReceiverRig.open(folder, each, _ -> new Reply(200, "{\"issues\":[]}"))) {
        rig.fire(ReceiverRig.alert("alertname", "Slow"));
        assertThat(rig.field("/fields/description/type")).isEqualTo("doc");
        assertThat(rig.last().json().at("/fields/description/content").isEmpty())
            .isEqualTo(each.equals(written));
      }
    }
  }

  @Test
  void aFieldThatIsNoMappingIsNamed() {
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(folder, FILE.replaceFirst("fields: \\{.*}", "fields: red")))
        .hasMessageContaining("fields")
        .hasMessageContaining("is no mapping");
  }
}
