package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.fleet.FleetView;
import dev.longshore.shared.elastic.NodeReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// `GET <prefix>/fleet`: what the agents say of their nodes.
///
/// - `asOf`, missing while nothing is known; `problem`, why what is shown is older, or empty;
/// - `nodes`, each with `cluster`, `node`, `state` (`silent`, `attention`, `without report`, `ok`
///   or `stopped`), `lastHeard`, `problems` (in words), `searchableUpTo`, `kibana`; and of its
///   report, where there is one, `published`, `behindSeconds`, `version`, `revision`, `started`,
///   `containers`, `records`, `buffer`, `paused` and `refused`;
/// - `leftOut`: nodes beyond those that are read at a time;
/// - `loudest` and `erroneous`, each with `namespace`, `service`, `bytesPerSecond`,
///   `recordsPerSecond`, `errorsPerMinute`, `nodes`, `kibana` and `kibanaErrors`;
/// - `errors`, each with `fingerprint`, `type`, `namespace`, `service`, `firstSeen`, `image`,
///   `count`, `nodes`, `kibana`.
final class FleetPage {
  private FleetPage() {}

  static void write(JsonGenerator json, FleetView view) throws IOException {
    OpsJson.instant(json, "asOf", view.asOf());
    json.writeStringField("problem", view.problem());
    json.writeArrayFieldStart("nodes");
    for (FleetView.Node node : view.nodes()) {
      json.writeStartObject();
      json.writeStringField("cluster", node.cluster());
      json.writeStringField("node", node.name());
      json.writeStringField("state", node.state().text());
      OpsJson.instant(json, "lastHeard", node.lastHeard());
      OpsJson.texts(json, "problems", node.problems());
      OpsJson.instant(json, "searchableUpTo", node.searchableUpTo());
      json.writeStringField("kibana", node.link());
      NodeReport report = node.report();
      if (report != null) {
        report(json, report);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("leftOut", view.leftOut());
    loads(json, "loudest", view.loudest());
    loads(json, "erroneous", view.erroneous());
    json.writeArrayFieldStart("errors");
    for (FleetView.NewError error : view.errors()) {
      json.writeStartObject();
      json.writeStringField("fingerprint", error.fingerprint());
      json.writeStringField("type", error.type());
      json.writeStringField("namespace", error.namespace());
      json.writeStringField("service", error.service());
      OpsJson.instant(json, "firstSeen", error.firstSeen());
      json.writeStringField("image", error.image());
      json.writeNumberField("count", error.count());
      json.writeNumberField("nodes", error.nodes());
      json.writeStringField("kibana", error.link());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void report(JsonGenerator json, NodeReport report) throws IOException {
    OpsJson.instant(json, "published", report.published());
    if (report.searchableUpTo() != null) {
      long behind = Duration.between(report.searchableUpTo(), report.published()).toSeconds();
      json.writeNumberField("behindSeconds", Math.max(0, behind));
    }
    json.writeStringField("version", report.version());
    json.writeStringField("revision", report.revision());
    OpsJson.instant(json, "started", report.started());
    json.writeNumberField("containers", report.containers());
    NodeReport.Records records = report.records();
    json.writeObjectFieldStart("records");
    json.writeNumberField("read", records.read());
    json.writeNumberField("readBytes", records.readBytes());
    json.writeNumberField("indexed", records.indexed());
    json.writeNumberField("duplicate", records.duplicate());
    json.writeNumberField("deadLettered", records.deadLettered());
    json.writeNumberField("filtered", records.filtered());
    json.writeNumberField("lostBytes", records.lostBytes());
    json.writeEndObject();
    NodeReport.Buffer buffer = report.buffer();
    json.writeObjectFieldStart("buffer");
    json.writeNumberField("records", buffer.records());
    json.writeNumberField("bytes", buffer.bytes());
    json.writeNumberField("diskBytes", buffer.diskBytes());
    json.writeNumberField("maxDiskBytes", buffer.maxDiskBytes());
    if (buffer.volumeFreeBytes() >= 0 && buffer.volumeBytes() >= 0) {
      json.writeNumberField("volumeFreeBytes", buffer.volumeFreeBytes());
      json.writeNumberField("volumeBytes", buffer.volumeBytes());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("paused");
    for (NodeReport.Paused paused : report.paused()) {
      json.writeStartObject();
      json.writeStringField("reason", paused.reason());
      json.writeNumberField("files", paused.files());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("refused");
    for (NodeReport.Refused refused : report.refused()) {
      json.writeStartObject();
      json.writeStringField("dataStream", refused.dataStream());
      json.writeNumberField("status", refused.status());
      json.writeStringField("reason", refused.reason());
      OpsJson.instant(json, "at", refused.at());
      json.writeBooleanField("paused", refused.paused());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void loads(JsonGenerator json, String name, List<FleetView.Load> loads)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (FleetView.Load load : loads) {
      json.writeStartObject();
      json.writeStringField("namespace", load.namespace());
      json.writeStringField("service", load.service());
      json.writeNumberField("bytesPerSecond", Math.round(load.bytesPerSecond()));
      json.writeNumberField("recordsPerSecond", Math.round(load.recordsPerSecond() * 10) / 10.0);
      json.writeNumberField("errorsPerMinute", Math.round(load.errorsPerMinute() * 10) / 10.0);
      json.writeNumberField("nodes", load.nodes());
      json.writeStringField("kibana", load.link());
      json.writeStringField("kibanaErrors", load.errorsLink());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
