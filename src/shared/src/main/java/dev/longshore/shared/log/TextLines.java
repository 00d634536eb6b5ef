package dev.longshore.shared.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/// A log event as text, for a person at a terminal: local time, level, message, then `key=value`. A
/// value of several lines, and a stack trace, follow on lines of their own, indented. Other control
/// characters are written as `\u001b`: a value may come from a stranger, and a terminal obeys them.
final class TextLines extends EncoderBase<ILoggingEvent> {
  private static final String INDENT = "    ";

  private final DateTimeFormatter time;

  /// @param zone of the times
  TextLines(ZoneId zone) {
    time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    StringBuilder below = new StringBuilder();
    line.append(time.format(Instant.ofEpochMilli(event.getTimeStamp())))
        .append(' ')
        .append(String.format(Locale.ROOT, "%-5s", event.getLevel().levelStr))
        .append(' ')
        .append(event.getFormattedMessage());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        String value = pair.value == null ? "-" : pair.value.toString();
        if (value.contains("\n")) {
          below.append(INDENT).append(pair.key).append(":\n").append(indented(value));
        } else {
          line.append("  ").append(pair.key).append('=').append(value);
        }
      }
    }
    if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
      StringWriter trace = new StringWriter();
      proxy.getThrowable().printStackTrace(new PrintWriter(trace));
      below.append(indented(trace.toString()));
    }
    return escaped(line.append('\n').append(below)).getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(StringBuilder text) {
    if (text.chars().noneMatch(TextLines::isControl)) {
      return text.toString();
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              if (isControl(c)) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                escaped.append((char) c);
              }
            });
    return escaped.toString();
  }

  /// C0 but for line feed and tab, DEL and C1, and what turns the direction of text.
  private static boolean isControl(int c) {
    return (c < ' ' && c != '\n' && c != '\t')
        || (c >= 0x7f && c < 0xa0)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  private static String indented(String text) {
    StringBuilder indented = new StringBuilder();
    text.lines().forEach(it -> indented.append(INDENT).append(INDENT).append(it).append('\n'));
    return indented.toString();
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
