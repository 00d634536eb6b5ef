package dev.longshore.agent.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ItemFailure;
import dev.longshore.shared.elastic.RefusedException;
import dev.longshore.shared.elastic.Search;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The letters in Elasticsearch, of all nodes and namespaces: the data streams
/// `logs-longshore.dead_letter-*`.
final class IndexStore implements DeadLetterStore {
  private static final String STREAMS = DeadLetter.dataStream("-*");

  /// Small pages: a letter may hold a record of 1 MiB, three times over.
  private static final int PAGE_HITS = 50;

  private final Elastic elastic;
  private final Search search;
  private final JsonFactory json = new JsonFactory();

  IndexStore(Elastic elastic) {
    this.elastic = elastic;
    search = new Search(elastic, PAGE_HITS);
  }

  @Override
  public String name() {
    return "Elasticsearch, " + STREAMS;
  }

  @Override
  public void each(DeadLetterFilter filter, Pages pages) throws IOException {
    try {
      search.refresh(STREAMS);
    } catch (RefusedException e) {
      // A user without the privilege `maintenance` finds what is older than a second.
    }
    Pager pager = new Pager(pages);
    boolean[] more = {true};
    try {
      search.each(
          Search.Query.all(STREAMS, filter.query()),
          hit -> {
            Stored stored = new Stored(letter(hit), hit.index());
            try {
              more[0] = !filter.matches(stored.letter()) || pager.add(stored);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return more[0];
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (more[0]) {
      pager.finish();
    }
  }

  /// Reads what [dev.longshore.agent.deadletter.DeadLetterDocument] writes.
  static DeadLetter letter(Search.Hit hit) {
    Number status = hit.number("longshore", "dead_letter", "status");
    Number attempts = hit.number("longshore", "dead_letter", "attempts");
    Number offset = hit.number("log", "offset");
    String id = text(hit, "longshore", "dead_letter", "id");
    return new DeadLetter(
        id.isEmpty() ? hit.id() : id,
        text(hit, "longshore", "dead_letter", "destination"),
        status == null ? 0 : status.intValue(),
        text(hit, "longshore", "dead_letter", "type"),
        text(hit, "longshore", "dead_letter", "reason"),
        new ContainerRef(
            text(hit, "kubernetes", "namespace"),
            text(hit, "kubernetes", "pod", "name"),
            text(hit, "kubernetes", "pod", "uid"),
            text(hit, "kubernetes", "container", "name")),
        text(hit, "log", "file", "path"),
        offset == null ? 0 : offset.longValue(),
        epochMillis(text(hit, "@timestamp")),
        attempts == null ? 0 : attempts.intValue(),
        bytes(text(hit, "longshore", "dead_letter", "original")),
        text(hit, "longshore", "dead_letter", "document").getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Search.Hit hit, String... path) {
    @Nullable String text = hit.text(path);
    return text == null ? "" : text;
  }

  private static long epochMillis(String instant) {
    try {
      return Instant.parse(instant).toEpochMilli();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static byte[] bytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  @Override
  public void settle(List<Stored> broughtBack, List<Stored> refusedAgain) throws IOException {
    BulkBody body = new BulkBody(16 << 10);
    for (Stored stored : broughtBack) {
      append(body, line("delete", stored));
      body.endItem(0, 0);
    }
    for (Stored stored : refusedAgain) {
      append(body, line("update", stored));
      append(body, refusal(stored.letter()));
      body.endItem(0, 0);
    }
    if (body.items() == 0) {
      return;
    }
    String stream = DeadLetter.dataStream(first(broughtBack, refusedAgain).destination());
    BulkReply reply = elastic.bulk(stream, body.bytes(), body.length(), body.items(), false).join();
    String problem =
        switch (reply) {
          case BulkReply.Answered answered -> problem(answered);
          case BulkReply.Refused refused -> refused.status() + " " + refused.reason();
          case BulkReply.Unreadable unreadable -> unreadable.reason();
        };
    if (!problem.isEmpty()) {
      throw new IOException(
          "letters were brought back and can't be taken from " + stream + ": " + problem);
    }
  }

  private static DeadLetter first(List<Stored> one, List<Stored> other) {
    return (one.isEmpty() ? other : one).getFirst().letter();
  }

  /// What is not there any more somebody else has brought back.
  private static String problem(BulkReply.Answered answered) {
    for (ItemFailure failure : answered.failures()) {
      if (failure.status() != 404) {
        return failure.status() + " " + failure.type() + ": " + failure.reason();
      }
    }
    return "";
  }

  private static void append(BulkBody body, byte[] line) {
    System.arraycopy(line, 0, body.ensure(line.length + 1), body.length(), line.length);
    body.bytes()[body.length() + line.length] = '\n';
    body.length(body.length() + line.length + 1);
  }

  private byte[] line(String action, Stored stored) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator to = json.createGenerator(line)) {
      to.writeStartObject();
      to.writeObjectFieldStart(action);
      to.writeStringField("_index", stored.place());
      to.writeStringField("_id", stored.letter().id());
      to.writeEndObject();
      to.writeEndObject();
    }
    return line.toByteArray();
  }

  private byte[] refusal(DeadLetter letter) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator to = json.createGenerator(line)) {
      to.writeStartObject();
      to.writeObjectFieldStart("doc");
      to.writeObjectFieldStart("longshore");
      to.writeObjectFieldStart("dead_letter");
      to.writeNumberField("status", letter.status());
      to.writeStringField("type", letter.type());
      to.writeStringField("reason", letter.reason());
      to.writeNumberField("attempts", letter.attempts());
      to.writeEndObject();
      to.writeEndObject();
      to.writeEndObject();
      to.writeEndObject();
    }
    return line.toByteArray();
  }
}
