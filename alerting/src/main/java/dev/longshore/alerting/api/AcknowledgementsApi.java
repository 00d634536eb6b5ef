package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.NoSuchGroupException;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/acknowledgements`, which Alertmanager does not have.
final class AcknowledgementsApi {
  private static final JsonMapper JSON = new JsonMapper();

  private final Loop loop;
  private final Supplier<Dispatcher> dispatcher;
  private final Acknowledgements acknowledgements;
  private final Api.Recorded commit;

  AcknowledgementsApi(
      Loop loop,
      Supplier<Dispatcher> dispatcher,
      Acknowledgements acknowledgements,
      Api.Recorded commit) {
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.acknowledgements = acknowledgements;
    this.commit = commit;
  }

  /// An acknowledgement with its group.
  private record Shown(Acknowledgement acknowledgement, AlertGroup group) {
    void write(JsonGenerator json) throws IOException {
      json.writeStartObject();
      json.writeStringField("group", group.hash());
      json.writeStringField("groupKey", group.key());
      json.writeStringField("receiver", group.receiver());
      ApiJson.labels(json, "labels", group.labels());
      ApiJson.members(json, acknowledgement);
      json.writeEndObject();
    }
  }

  OpsReply acknowledgements(OpsRequest request)
      throws ApiException, InterruptedException, IOException {
    return request.method().equals("POST") ? post(request) : list();
  }

  private OpsReply list() throws ApiException, InterruptedException {
    List<Shown> shown =
        call(
            () -> {
              List<Shown> all = new ArrayList<>();
              for (Acknowledgement acknowledgement : acknowledgements.all()) {
                AlertGroup group = dispatcher.get().group(acknowledgement.group());
                if (group != null) {
                  all.add(new Shown(acknowledgement, group));
                }
              }
              return all;
            });
    return ApiJson.reply(
        200,
        json -> {
          json.writeStartArray();
          for (Shown it : shown) {
            it.write(json);
          }
          json.writeEndArray();
        });
  }

  private OpsReply post(OpsRequest request) throws ApiException, InterruptedException, IOException {
    JsonNode body = read(request.body());
    String group = text(body, "group");
    String user = request.caller().name();
    String by = user != null ? user : text(body, "createdBy");
    String comment = body.has("comment") ? text(body, "comment") : "";
    Instant until = body.has("endsAt") ? ApiTime.parse("endsAt", text(body, "endsAt")) : null;
    Shown made = call(() -> acknowledge(group, by, comment, until));
    commit.await();
    return ApiJson.reply(200, made::write)
        .changing(change("group acknowledged", made.acknowledgement, made.group.key()));
  }

  private Shown acknowledge(String name, String by, String comment, @Nullable Instant until) {
    Acknowledgement made = acknowledgements.acknowledge(name, by, comment, until);
    AlertGroup group = dispatcher.get().group(made.group());
    if (group == null) {
      throw new NoSuchGroupException(name);
    }
    return new Shown(made, group);
  }

  /// Ends one.
  ///
  /// @param name the group's hash
  OpsReply end(OpsRequest request, String name) throws ApiException, InterruptedException {
    String user = request.caller().name();
    Acknowledgement ended =
        call(() -> acknowledgements.end(name, user == null ? "somebody" : user));
    if (ended == null) {
      throw new ApiException(404, "no group with the id '" + name + "' is acknowledged");
    }
    commit.await();
    return ApiJson.reply(
            200,
            json -> {
              json.writeStartObject();
              json.writeEndObject();
            })
        .changing(change("acknowledgement ended", ended, ended.group()));
  }

  private static Map<String, String> change(String what, Acknowledgement of, String groupKey) {
    Map<String, String> change = new LinkedHashMap<>();
    change.put("change", what);
    change.put("group", groupKey);
    change.put("receiver", of.receiver());
    change.put("ends_at", of.until().toString());
    change.put("created_by", of.by());
    change.put("comment", of.comment());
    return change;
  }

  private static JsonNode read(byte[] body) throws ApiException {
    JsonNode read;
    try {
      read = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ApiException(400, "the body can't be read: " + e.getMessage());
    }
    if (read == null || !read.isObject()) {
      throw new ApiException(400, "the body is not a JSON object");
    }
    return read;
  }

  private static String text(JsonNode body, String name) throws ApiException {
    JsonNode text = body.path(name);
    if (!text.isTextual() || text.textValue().isBlank()) {
      throw new ApiException(400, name + " in body is required, as a text");
    }
    return text.textValue();
  }

  private <T extends @Nullable Object> T call(Callable<T> task)
      throws ApiException, InterruptedException {
    try {
      return loop.call(task);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case NoSuchGroupException missing ->
            new ApiException(404, String.valueOf(missing.getMessage()));
        case IllegalArgumentException unsound ->
            new ApiException(400, String.valueOf(unsound.getMessage()));
        case null, default -> new ApiException(500, String.valueOf(e.getCause()));
      };
    }
  }
}
