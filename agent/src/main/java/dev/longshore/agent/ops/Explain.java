package dev.longshore.agent.ops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;

/// `longshore agent explain <namespace>/<pod>`: what a running agent does with a pod's logs, and
/// why, from its status page.
public final class Explain {
  private final StatusClient status;
  private final PrintStream out;

  /// @param ops where the agent's `ops.listen` is reached, for example `http://127.0.0.1:9600`
  /// @param http who asks, and whom it trusts
  public Explain(URI ops, HttpConfigFile http, PrintStream out) {
    this.status = new StatusClient(ops, http);
    this.out = out;
  }

  /// Prints what the agent says of the pod.
  ///
  /// @param pod `namespace/pod`; the end of the pod's name may be left out
  /// @return 0 when the pod is known, 1 when it is not
  /// @throws IOException when the agent does not answer; the message says where it was asked
  public int print(String pod) throws IOException, InterruptedException {
    int slash = pod.indexOf('/');
    String namespace = pod.substring(0, slash);
    String name = pod.substring(slash + 1);
    JsonNode page = status.read();
    int found = 0;
    for (JsonNode container : page.path("containers")) {
      if (container.path("namespace").asText().equals(namespace)
          && container.path("pod").asText().startsWith(name)) {
        container(container);
        found++;
      }
    }
    if (found == 0) {
      out.printf(
          "No file of %s is known to the agent on node %s.%n",
          pod, page.path("agent").path("node").asText());
      out.println(
          page.path("tail").path("matchesNoFile").asBoolean()
              ? "tail.paths matches no file on this node."
              : "Does the pod run on this node, and does a path of tail.paths match its log files?");
      return 1;
    }
    for (JsonNode waiting : page.path("kubernetes").path("waitingPods")) {
      if (waiting.path("namespace").asText().equals(namespace)
          && waiting.path("pod").asText().startsWith(name)) {
        out.printf(
            "%s/%s: nothing is known of the pod since %s; its logs wait (kubernetes.unknownPods)%n",
            namespace, waiting.path("pod").asText(), waiting.path("since").asText());
      }
    }
    elasticsearch(page.path("elasticsearch"));
    return 0;
  }

  private void container(JsonNode it) {
    out.printf(
        "%s/%s, container %s%n",
        it.path("namespace").asText(), it.path("pod").asText(), it.path("container").asText());
    out.printf(
        "  records: %d read, %d recovered; %d indexed, %d already there, %d dead-lettered, %d filtered, %d in the buffer%n",
        it.path("read").asLong(),
        it.path("recovered").asLong(),
        it.path("indexed").asLong(),
        it.path("duplicate").asLong(),
        it.path("deadLettered").asLong(),
        it.path("filtered").asLong(),
        it.path("buffered").asLong());
    it.path("filteredByRule")
        .properties()
        .forEach(
            rule ->
                out.printf(
                    "  filtered by rule %s: %d records%n",
                    rule.getKey(), rule.getValue().asLong()));
    if (it.path("overLimit").asLong() > 0) {
      out.printf(
          "  DROPPED: %d of the filtered records, %d bytes, above longshore.dev/max-bytes-per-second%n",
          it.path("overLimit").asLong(), it.path("overLimitBytes").asLong());
    }
    if (it.path("lostBytes").asLong() > 0) {
      out.printf(
          "  LOST: %d bytes were deleted before they were read%n", it.path("lostBytes").asLong());
    }
    JsonNode rules = it.path("rules");
    if (!rules.isMissingNode()) {
      out.printf(
          "  goes to %s; metadata: %s%n", text(rules, "dataStream"), text(rules, "metadata"));
      out.printf(
          "  multiline: %s; parsed as JSON: %s; left out: %s%n",
          text(rules, "multiline"), text(rules, "parseJson"), text(rules, "exclude"));
      if (rules.has("redact")) {
        out.printf("  redacted besides the configuration's: %s%n", text(rules, "redact"));
      }
      if (rules.has("maxBytesPerSecond")) {
        out.printf(
            "  at most %s bytes a second; above that: %s%n",
            text(rules, "maxBytesPerSecond"), text(rules, "overLimit"));
      }
      for (JsonNode refusal : rules.path("refused")) {
        out.printf("  refused by policy: %s%n", refusal.asText());
      }
    }
    for (JsonNode file : it.path("files")) {
      out.printf("  %s%n", file.path("path").asText());
      out.printf(
          "    generation %s, %s: read %d of %d bytes, %d behind%n",
          file.path("generation").asText("not identified yet"),
          file.path("state").asText(),
          file.path("offset").asLong(),
          file.path("bytes").asLong(),
          file.path("lagBytes").asLong());
      String waiting = file.path("waiting").asText("");
      if (!waiting.isEmpty()) {
        out.printf("    waits: %s%n", waiting);
      }
    }
    if (it.path("filesLeftOut").asInt() > 0) {
      out.printf("  and %d more files, less behind%n", it.path("filesLeftOut").asInt());
    }
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText("-");
  }

  private void elasticsearch(JsonNode it) {
    for (JsonNode destination : it.path("destinations")) {
      out.printf(
          "Elasticsearch, %s: %d requests in flight, %d records wait to be sent again%n",
          destination.path("dataStream").asText(),
          destination.path("requestsInFlight").asInt(),
          destination.path("recordsWaiting").asInt());
      if (destination.hasNonNull("paused")) {
        out.printf("  paused: %s%n", destination.path("paused").asText());
      }
      if (destination.path("duplicates").asText().equals("indexed")) {
        out.println(
            "  indexes a document twice under one id: lines may be doubled after a lost answer");
      }
      JsonNode error = destination.path("lastError");
      if (error.isObject()) {
        out.printf(
            "  last error, %s: status %d, %s%n",
            error.path("at").asText(), error.path("status").asInt(), error.path("text").asText());
      }
    }
  }
}
