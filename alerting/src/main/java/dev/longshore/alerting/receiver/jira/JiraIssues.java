package dev.longshore.alerting.receiver.jira;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Jira's REST API, versions 2 and 3 (developer.atlassian.com): the issue of a group is found by a
/// label of its own, opened when there is none, brought up to date, and moved by the transitions
/// that the entry names.
///
/// @param resolveTransition when nothing fires any more; empty for none
/// @param reopenTransition when it fires again; empty: a new issue is opened
/// @param wontFixResolution issues that ended so are left alone; empty for none
/// @param reopenDuration how long after its end an issue is opened again; zero for always
record JiraIssues(
    String apiUrl,
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
    ObjectNode fields = message.putObject("fields");
    notice.under("fields.").forEach(it -> field(fields, it, notice.plain("fields." + it)));
    fields.putObject("project").put("key", project);
    fields.putObject("issuetype").put("name", notice.plain("issue_type").strip());
    String priority = notice.plain("priority").strip();
    if (!priority.isEmpty()) {
      fields.putObject("priority").put("name", priority);
    }
    ArrayNode labels = fields.putArray("labels");
    for (String key : notice.under("labels[")) {
      labels.add(notice.plain("labels[" + key).strip());
    }
    labels.add(label);
    fields.put("summary", Notice.cut(notice.plain("summary").strip().replace('\n', ' '), SUMMARY));
    String description = Notice.cut(notice.body("description"), DESCRIPTION);
    if (isVersion3()) {
      document(fields.putObject("description"), description);
    } else {
      fields.put("description", description);
    }
  }

  /// A field whose text is JSON is that value, such as `{value: red}` of a list to choose from.
  private static void field(ObjectNode fields, String name, String text) {
    try {
      JsonNode value = JSON.readTree(text);
      if (value.isContainerNode() || value.isNumber()) {
        fields.set(name, value);
        return;
      }
    } catch (JsonProcessingException e) {
      // It is text.
    }
    fields.put(name, text);
  }

  private boolean isVersion3() {
    return apiUrl.contains("/rest/api/3");
  }

  /// Version 3 takes texts as documents of Atlassian's format.
  private static void document(ObjectNode node, String text) {
    node.put("version", 1).put("type", "doc");
    ArrayNode paragraphs = node.putArray("content");
    for (String line : text.split("\n", -1)) {
      ObjectNode paragraph = paragraphs.addObject().put("type", "paragraph");
      if (!line.isEmpty()) {
        paragraph.putArray("content").addObject().put("type", "text").put("text", line);
      }
    }
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
  public DeliveryResult send(JsonNode message, boolean plain, HttpSender sender) {
    ObjectNode query = JSON.createObjectNode();
    query.put("jql", message.path("jql").asText());
    query.put("maxResults", 2);
    query.putArray("fields").add("status");
    HttpReply found =
        call(sender, "POST", isVersion3() ? "search/jql" : "search", query.toString());
    if (!(found instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(found, "Jira");
    }
    JsonNode issue = JsonFields.of(answer.body()).path("issues").path(0);
    boolean firing = message.path("firing").asBoolean();
    ObjectNode fields = message.path("fields").deepCopy();
    String body = JSON.createObjectNode().<ObjectNode>set("fields", fields).toString();
    if (issue.isMissingNode()) {
      return firing
          ? HttpResults.of(call(sender, "POST", "issue", body), "Jira")
          : new DeliveryResult.Delivered(null, null);
    }
    String key = issue.path("key").asText();
    fields.remove("issuetype");
    DeliveryResult updated =
        HttpResults.of(
            call(
                sender,
                "PUT",
                "issue/" + key,
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
    HttpReply reply = call(sender, "GET", "issue/" + key + "/transitions", "");
    if (!(reply instanceof HttpReply.Answer answer) || !answer.isOk()) {
      return HttpResults.of(reply, "Jira");
    }
    List<String> names = new ArrayList<>();
    for (JsonNode one : JsonFields.of(answer.body()).path("transitions")) {
      names.add(one.path("name").asText());
      if (one.path("name").asText().equals(transition)) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("transition").put("id", one.path("id").asText());
        return HttpResults.of(
            call(sender, "POST", "issue/" + key + "/transitions", body.toString()), "Jira");
      }
    }
    return new DeliveryResult.Misconfigured(
        "transition",
        "The issue " + key + " has no transition '" + transition + "'; it has " + names + ".");
  }

  private HttpReply call(HttpSender sender, String method, String path, String body) {
    return sender.send(
        new HttpSender.Call(
            method,
            HttpSender.below(apiUrl, path),
            "application/json",
            body,
            null,
            Map.of("Accept", "application/json")),
        MAX_ANSWER_BYTES);
  }
}
