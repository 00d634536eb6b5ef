package dev.longshore.shared.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a route answers.
///
/// @param status of HTTP
/// @param contentType with its charset
/// @param headers further ones
/// @param change what was changed; null when nothing was
public record OpsReply(
    int status,
    String contentType,
    Map<String, String> headers,
    Body body,
    @Nullable Change change) {
  private static final JsonFactory JSON = new JsonFactory();

  /// The bytes of an answer, written while they are sent: an answer of any length takes a buffer of
  /// [ReplyOutput] and no more.
  @FunctionalInterface
  public interface Body {

    /// Writes all of it. What it throws before 8 KiB are written is a 500; later the connection is
    /// cut, so that the client sees an answer that is not complete.
    void writeTo(OutputStream out) throws IOException;
  }

  public OpsReply {
    headers = Map.copyOf(headers);
  }

  /// What a request has changed, for the audit line.
  ///
  /// @param what details by their names
  /// @param routine whether machines do it again and again; then the first of each caller is told
  public record Change(Map<String, String> what, boolean routine) {
    public Change {
      what = Collections.unmodifiableMap(new LinkedHashMap<>(what));
    }
  }

  public OpsReply(int status, String contentType, Map<String, String> headers, Body body) {
    this(status, contentType, headers, body, null);
  }

  /// The same, with what was changed.
  public OpsReply changing(Map<String, String> what) {
    return new OpsReply(status, contentType, headers, body, new Change(what, false));
  }

  /// The same, with what machines change again and again.
  public OpsReply changingRoutinely(Map<String, String> what) {
    return new OpsReply(status, contentType, headers, body, new Change(what, true));
  }

  /// An answer of few bytes.
  public OpsReply(int status, String contentType, byte[] body) {
    this(status, contentType, Map.of(), out -> out.write(body));
  }

  /// The same with one more header.
  public OpsReply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new OpsReply(status, contentType, more, body, change);
  }

  /// Plain text; a line feed is put behind.
  public static OpsReply text(int status, String text) {
    return new OpsReply(
        status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// One JSON object of bounded length, made at once.
  public static OpsReply json(int status, StatusSource members) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      writeJson(body, members);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OpsReply(status, "application/json", body.toByteArray());
  }

  /// One JSON object of any length, made while it is sent.
  public static OpsReply streamedJson(int status, StatusSource members) {
    return new OpsReply(status, "application/json", Map.of(), out -> writeJson(out, members));
  }

  private static void writeJson(OutputStream out, StatusSource members) throws IOException {
    // Flushing and closing are the server's.
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
      json.configure(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM, false);
      // An object that is not complete must not be closed as if it were.
      json.configure(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT, false);
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      members.writeMembers(json);
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }
}
