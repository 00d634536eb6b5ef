package dev.longshore.shared.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/// A log event as one line of JSON: `@timestamp`, `log.level`, `logger`, `message`, the key-values
/// beside them, and `error.stack_trace` where there is a cause.
///
/// A key-value whose key is one of these is written with an underscore behind.
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final Set<String> FIXED =
      Set.of("@timestamp", "log.level", "logger", "message", "error.stack_trace");

  private final JsonFactory factory = new JsonFactory();

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = factory.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("@timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
      json.writeStringField("log.level", event.getLevel().levelStr.toLowerCase(Locale.ROOT));
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("message", String.valueOf(event.getFormattedMessage()));
      if (event.getKeyValuePairs() != null) {
        for (KeyValuePair pair : event.getKeyValuePairs()) {
          json.writeFieldName(FIXED.contains(pair.key) ? pair.key + "_" : pair.key);
          writeValue(json, pair.value);
        }
      }
      if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
        json.writeStringField("error.stack_trace", stackTrace(proxy.getThrowable()));
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      return ("{\"message\":\"a log line can't be written: " + e.getClass().getName() + "\"}\n")
          .getBytes(StandardCharsets.UTF_8);
    }
    return line.toByteArray();
  }

  private static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      default -> json.writeString(value.toString());
    }
  }

  private static String stackTrace(Throwable cause) {
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
