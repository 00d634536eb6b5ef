package dev.longshore.agent.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.ItemFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// An Elasticsearch in memory that creates documents and refuses ids that it has.
final class MemoryElastic implements BulkTransport {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How it answers.
  enum Mood {
    UP,
    /// Nothing reaches it.
    AWAY,
    /// It takes everything and never says so.
    SILENT
  }

  /// A document that was created.
  record Indexed(String dataStream, String id, JsonNode source) {
    String message() {
      return source.path("message").asText();
    }

    String stream() {
      return source.path("stream").asText();
    }

    JsonNode at(String pointer) {
      return source.at(pointer);
    }
  }

  private volatile Mood mood = Mood.UP;
  private volatile Predicate<String> poison = _ -> false;
  private volatile String away = "";
  private volatile String blocked = "";
  private volatile String silent = "";

  // Guarded by this.
  private final Set<String> ids = new HashSet<>();
  private final List<Indexed> documents = new ArrayList<>();
  private long refusedAsDuplicate;

  void mood(Mood now) {
    mood = now;
  }

  /// Nothing reaches this data stream; empty for none.
  void away(String dataStream) {
    away = dataStream;
  }

  /// Refuses each document for which the predicate holds, outside of the dead-letter stream.
  void refuse(Predicate<String> document) {
    poison = document;
  }

  /// Refuses all documents for a data stream, as a write block does; empty for none.
  void block(String dataStream) {
    blocked = dataStream;
  }

  /// Doesn't answer requests for a data stream; empty for none.
  void keepSilentAbout(String dataStream) {
    silent = dataStream;
  }

  /// Forgets all documents, but not that they were there.
  synchronized void clear() {
    documents.clear();
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    if (mood == Mood.AWAY || dataStream.equals(away)) {
      return CompletableFuture.completedFuture(
          new BulkReply.Unreadable("connection refused", false, null));
    }
    if (dataStream.equals(silent)) {
      return new CompletableFuture<>();
    }
    if (dataStream.equals(blocked)) {
      return CompletableFuture.completedFuture(blocked(items));
    }
    BulkReply reply = take(dataStream, new String(body, 0, length, StandardCharsets.UTF_8), items);
    return CompletableFuture.completedFuture(
        mood == Mood.SILENT ? new BulkReply.Unreadable("no answer", true, null) : reply);
  }

  private static BulkReply blocked(int items) {
    short[] statuses = new short[items];
    List<ItemFailure> failures = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      statuses[i] = 403;
      failures.add(new ItemFailure(i, 403, "cluster_block_exception", "index write (api)", false));
    }
    return new BulkReply.Answered(statuses, failures, null);
  }

  private synchronized BulkReply take(String dataStream, String body, int items) {
    String[] lines = body.split("\n", -1);
    short[] statuses = new short[items];
    List<ItemFailure> failures = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      String id = read(lines[2 * i]).at("/create/_id").asText();
      String source = lines[2 * i + 1];
      if (id.isEmpty()) {
        throw new AssertionError("an item without id or create: " + lines[2 * i]);
      }
      if (!dataStream.contains("dead_letter") && poison.test(source)) {
        statuses[i] = 400;
        failures.add(new ItemFailure(i, 400, "document_parsing_exception", "poison", false));
      } else if (!ids.add(dataStream + " " + id)) {
        statuses[i] = 409;
        refusedAsDuplicate++;
        failures.add(new ItemFailure(i, 409, "version_conflict_engine_exception", "exists", false));
      } else {
        statuses[i] = 201;
        documents.add(new Indexed(dataStream, id, read(source)));
      }
    }
    return new BulkReply.Answered(statuses, failures, null);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no JSON: " + json.substring(0, Math.min(500, json.length())), e);
    }
  }

  synchronized List<Indexed> documents() {
    return List.copyOf(documents);
  }

  synchronized int count() {
    return documents.size();
  }

  synchronized long refusedAsDuplicate() {
    return refusedAsDuplicate;
  }

  /// The messages of what was indexed, in the order of arrival.
  synchronized List<String> messages() {
    return documents.stream().map(Indexed::message).toList();
  }

  /// What was indexed of one pod.
  List<Indexed> of(String pod) {
    return documents().stream()
        .filter(it -> it.at("/kubernetes/pod/name").asText().equals(pod))
        .toList();
  }
}
