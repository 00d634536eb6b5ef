package dev.longshore.shared.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What a route answers.
///
/// @param status of HTTP
/// @param contentType with its charset
/// @param body all of it
public record OpsReply(int status, String contentType, byte[] body) {
  private static final JsonFactory JSON = new JsonFactory();

  /// Plain text; a line feed is put behind.
  public static OpsReply text(int status, String text) {
    return new OpsReply(
        status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// One JSON object.
  public static OpsReply json(int status, StatusSource members) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      members.writeMembers(json);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new OpsReply(status, "application/json", body.toByteArray());
  }
}
