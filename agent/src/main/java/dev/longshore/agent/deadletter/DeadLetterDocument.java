package dev.longshore.agent.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.agent.bulk.BulkBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Writes dead letters as items of a bulk body.
///
/// `message` is the original text for people, with U+FFFD for what is not UTF-8; the exact bytes
/// are in `longshore.dead_letter.original` as base64, the refused document in
/// `longshore.dead_letter.document` as text. Labels, annotations and the parsed body, which may be
/// what was refused, are in that text only.
public final class DeadLetterDocument {
  private final JsonFactory json = new JsonFactory();

  /// Appends the letter as one item.
  public void write(DeadLetter letter, long reference, int ordinal, BulkBody body) {
    ByteArrayOutputStream item =
        new ByteArrayOutputStream(
            1024 + 3 * letter.original().length + 2 * letter.document().length);
    try {
      try (JsonGenerator action = json.createGenerator(item)) {
        action.writeStartObject();
        action.writeObjectFieldStart("create");
        action.writeStringField("_id", letter.id());
      }
      item.write('\n');
      try (JsonGenerator document = json.createGenerator(item)) {
        fields(letter, document);
      }
      item.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory does not fail", e);
    }
    byte[] bytes = item.toByteArray();
    System.arraycopy(bytes, 0, body.ensure(bytes.length), body.length(), bytes.length);
    body.length(body.length() + bytes.length);
    body.endItem(reference, ordinal);
  }

  /// The document alone, as one line of JSON without a line feed.
  public byte[] json(DeadLetter letter) {
    ByteArrayOutputStream line =
        new ByteArrayOutputStream(1024 + 3 * letter.original().length + letter.document().length);
    try (JsonGenerator document = json.createGenerator(line)) {
      fields(letter, document);
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory does not fail", e);
    }
    return line.toByteArray();
  }

  private static void fields(DeadLetter letter, JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeStringField("@timestamp", Instant.ofEpochMilli(letter.epochMillis()).toString());
    to.writeStringField("message", new String(letter.original(), StandardCharsets.UTF_8));
    to.writeObjectFieldStart("longshore");
    to.writeObjectFieldStart("dead_letter");
    to.writeStringField("id", letter.id());
    to.writeStringField("destination", letter.destination());
    to.writeNumberField("status", letter.status());
    to.writeStringField("type", letter.type());
    to.writeStringField("reason", letter.reason());
    to.writeNumberField("attempts", letter.attempts());
    to.writeBinaryField("original", letter.original());
    to.writeStringField("document", new String(letter.document(), StandardCharsets.UTF_8));
    to.writeEndObject();
    to.writeEndObject();
    to.writeObjectFieldStart("kubernetes");
    to.writeStringField("namespace", letter.container().namespace());
    to.writeObjectFieldStart("pod");
    to.writeStringField("name", letter.container().pod());
    to.writeStringField("uid", letter.container().podUid());
    to.writeEndObject();
    to.writeObjectFieldStart("container");
    to.writeStringField("name", letter.container().container());
    to.writeEndObject();
    to.writeEndObject();
    to.writeObjectFieldStart("log");
    to.writeNumberField("offset", letter.offset());
    to.writeObjectFieldStart("file");
    to.writeStringField("path", letter.path());
    to.writeEndObject();
    to.writeEndObject();
    to.writeEndObject();
  }
}
