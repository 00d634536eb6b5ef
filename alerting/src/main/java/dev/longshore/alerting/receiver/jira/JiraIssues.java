package dev.longshore.alerting.receiver.jira;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Jira's REST API, versions 2 and 3 (developer.atlassian.com): the issue of a group is found by a
/// label of its own, opened when there is none, brought up to date, and moved by the transitions
/// that the entry names.
///
/// @param cloud whether issues are searched as Jira Cloud wants it, which has no `search` any more
/// @param fields other fields of the issue
/// @param fixed fields that an issue keeps as it was opened with
/// @param resolveTransition when nothing fires any more; empty for none
/// @param reopenTransition when it fires again; empty: a new issue is opened
/// @param wontFixResolution issues that ended so are left alone; empty for none
/// @param reopenDuration how long after its end an issue is opened again; zero for always
record JiraIssues(
    String apiUrl,
    boolean cloud,
    TemplateTree fields,
    Set<String> fixed,
    String resolveTransition,
    String reopenTransition,
    String wontFixResolution,
    Duration reopenDuration)
    implements MessageKind {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SUMMARY = 255;
  private static final int DESCRIPTION = 32_767;
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String label = "ALERT{" + notice.groupHash() + "}";
    String project = notice.plain("project").strip();
    message.put("firing", notice.isFiring());
    message.put("jql", jql(notice.isFiring(), project, label));
    ObjectNode issue = message.putObject("fields");
    notice.filled(fields).properties().forEach(it -> issue.set(it.getKey(), it.getValue()));
    issue.putObject("project").put("key", project);
    issue.putObject("issuetype").put("name", notice.plain("issue_type").strip());
    String priority = notice.plain("priority").strip();
    if (!priority.isEmpty()) {
      issue.putObject("priority").put("name", priority);
    }
    ArrayNode labels = issue.putArray("labels");
    for (String key : notice.under("labels[")) {
      labels.add(notice.plain("labels[" + key).strip());
    }
    labels.add(label);
    issue.put("summary", Notice.cut(notice.plain("summary").strip().replace('\n', ' '), SUMMARY));
    String description = Notice.cut(notice.body("description"), DESCRIPTION);
    if (isVersion3()) {
      issue.set("description", document(description));
    } else {
      issue.put("description", description);
    }
  }

  private boolean isVersion3() {
    return apiUrl.contains("/rest/api/3");
  }

  /// Version 3 takes texts as documents of Atlassian's format; a text that is one already is taken
  /// as it is.
  private static ObjectNode document(String text) {
    if (JsonFields.of(text) instanceof ObjectNode given
        && given.path("type").asText().equals("doc")) {
      return given;
    }
    ObjectNode document = JSON.createObjectNode().put("version", 1).put("type", "doc");
    ArrayNode paragraphs = document.putArray("content");
    for (String line : text.split("\n", -1)) {
      ObjectNode paragraph = paragraphs.addObject().put("type", "paragraph");
      if (!line.isEmpty()) {
        paragraph.putArray("content").addObject().put("type", "text").put("text", line);
      }
    }
    return document;
  }

  private String jql(boolean firing, String project, String label) {
    StringBuilder jql = new StringBuilder();
    if (!wontFixResolution.isEmpty()) {
      jql.append("(resolution is EMPTY OR resolution != ")
          .append(quoted(wontFixResolution))
          .append(") and ");
    }
    if (!firing || reopenTransition.isEmpty()) {
      jql.append("statusCategory != Done and ");
    } else if (!reopenDuration.isZero()) {
      jql.append("(resolutiondate is EMPTY OR resolutiondate >= -")
          .append(Math.max(1, reopenDuration.toMinutes()))
          .append("m) and ");
    }
    return jql.append("project=")
        .append(quoted(project))
        .append(" and labels=")
        .append(quoted(label))
        .append(" order by status ASC,resolutiondate DESC")
        .toString();
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    ObjectNode query = JSON.createObjectNode();
    query.put("jql", message.path("jql").asText());
    query.put("maxResults", 2);
    query.putArray("fields").add("status");
    HttpReply found = call(sender, "POST", searchUrl(), query.toString());
    if (!(found instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(found, "Jira");
    }
    JsonNode issue = JsonFields.of(answer.body()).path("issues").path(0);
    boolean firing = message.path("firing").asBoolean();
    ObjectNode fields = message.path("fields").deepCopy();
    String body = JSON.createObjectNode().<ObjectNode>set("fields", fields).toString();
    if (issue.isMissingNode()) {
      return firing
          ? HttpResults.of(call(sender, "POST", HttpSender.below(apiUrl, "issue"), body), "Jira")
          : new DeliveryResult.Delivered(null, null);
    }
    String key = issue.path("key").asText();
    fields.remove("issuetype");
    fields.remove(fixed);
    DeliveryResult updated =
        HttpResults.of(
            call(
                sender,
                "PUT",
                HttpSender.below(apiUrl, "issue/" + key),
                JSON.createObjectNode().<ObjectNode>set("fields", fields).toString()),
            "Jira");
    boolean done =
        issue
            .path("fields")
            .path("status")
            .path("statusCategory")
            .path("key")
            .asText()
            .equals("done");
    String transition = firing ? reopenTransition : resolveTransition;
    if (!(updated instanceof DeliveryResult.Delivered) || transition.isEmpty() || done != firing) {
      return updated;
    }
    return move(sender, key, transition);
  }

  private DeliveryResult move(HttpSender sender, String key, String transition) {
    String transitions = HttpSender.below(apiUrl, "issue/" + key + "/transitions");
    HttpReply reply = call(sender, "GET", transitions, "");
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(reply, "Jira");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode one : JsonFields.of(answer.body()).path("transitions")) {
      names.add(one.path("name").asText());
      if (one.path("name").asText().equals(transition)) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("transition").put("id", one.path("id").asText());
        return HttpResults.of(call(sender, "POST", transitions, body.toString()), "Jira");
      }
    }
    return new DeliveryResult.Misconfigured(
        "transition",
        "The issue " + key + " has no transition '" + transition + "'; it has " + names + ".");
  }

  /// Jira Cloud has had no `search` since 2025, and what took its place in version 3 alone; a
  /// server of one's own has `search` alone.
  private String searchUrl() {
    return cloud || isVersion3()
        ? HttpSender.below(apiUrl.replaceFirst("/rest/api/2(/|$)", "/rest/api/3/"), "search/jql")
        : HttpSender.below(apiUrl, "search");
  }

  private HttpReply call(HttpSender sender, String method, String url, String body) {
    return sender.send(
        new HttpSender.Call(
            method, url, "application/json", body, null, Map.of("Accept", "application/json")),
        MAX_ANSWER_BYTES);
  }
}
