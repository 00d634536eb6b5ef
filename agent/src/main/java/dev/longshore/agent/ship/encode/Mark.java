package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What `log.flags` can say of a document.
@SuppressWarnings("ImmutableEnumChecker") // the array is written out and never changed
enum Mark {
  /// More than one line: a stack trace, or what else belongs together.
  MULTILINE,
  /// The end of the line is missing.
  PARTIAL,
  /// A piece of a record that is longer than `frame.maxRecord`.
  FRAGMENT,
  /// The line is not in the runtime's format.
  UNPARSED,
  /// Bytes that are not UTF-8 stand in the message as `\xNN`.
  INVALID_UTF8,
  /// The body is JSON, but not what a `flattened` field takes; it is in `message` only.
  JSON_REFUSED,
  /// There is no timestamp anywhere; `@timestamp` is the epoch.
  NO_TIMESTAMP,
  /// A mapping refused the document; what may conflict is in `longshore.unmapped`, as text.
  UNMAPPED,
  /// The pod named a data stream that the operator's policy does not permit; this is the configured
  /// one.
  DATASET_REFUSED,
  /// Something in it was replaced by `[redacted]`.
  REDACTED;

  private final String text = name().toLowerCase(Locale.ROOT);
  private final byte[] json = ('"' + text + '"').getBytes(StandardCharsets.US_ASCII);

  String text() {
    return text;
  }

  /// The text with its quotes; never changed.
  @SuppressWarnings("MutableMethodReturnType")
  byte[] json() {
    return json;
  }

  /// The bit of the mark in a set of marks; such a set lives for one record only.
  @SuppressWarnings("EnumOrdinal")
  int bit() {
    return 1 << ordinal();
  }
}
