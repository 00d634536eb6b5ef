package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LineHeader;

/// The `error` object of the document at hand: type, stack trace and fingerprint, for lines at
/// level error or fatal and for stack traces. Reused for each record.
final class ErrorFields {
  private static final int MAX_TYPE_BYTES = 1024;

  private static final byte[] ERROR = ascii(",\"error\":{");
  private static final byte[] TYPE = ascii("\"type\":\"");
  private static final byte[] STACK = ascii("\"stack_trace\":\"");
  private static final byte[] FINGERPRINT = ascii("\"fingerprint\":\"");

  private final ErrorShape shape = new ErrorShape();
  private final Fingerprint fingerprint = new Fingerprint();
  private final FrameArray frames = new FrameArray();
  private final MessageBytes stack = new MessageBytes();
  private final MessageBytes words = new MessageBytes();

  private byte[] message = new byte[0];
  private int from;
  private int to;
  private int firstWords;
  private boolean looked;

  /// The record's message is text.
  ///
  /// @param level what its header says
  /// @param many whether it has more than one line
  /// @return the level, which is error for a stack trace that has none
  Level ofText(MessageBytes text, LineHeader header, Level level, boolean many) {
    looked = level.atLeastError() || many;
    if (!looked) {
      return level;
    }
    message = text.bytes();
    from = header.words();
    to = many ? text.end() : header.wordsEnd();
    firstWords = from;
    shape.read(message, text.offset(), text.end(), firstWords);
    return settle(level);
  }

  /// The record's message is JSON.
  Level ofJson(byte[] bytes, JsonBody body, Level level) {
    Found found = body.found();
    boolean hasStack = found.has(Fields.STACK);
    looked = level.atLeastError() || hasStack;
    if (!looked) {
      return level;
    }
    int about = found.has(Fields.MESSAGE) ? Fields.MESSAGE : Fields.SUMMARY;
    if (found.has(about)) {
      words.clear();
      words.appendUnescaped(bytes, found.from(about), found.to(about));
    } else {
      words.view(bytes, body.start(), body.end() - body.start());
    }
    message = words.bytes();
    from = words.offset();
    to = words.end();
    firstWords = from;
    if (hasStack) {
      stack.clear();
      if (found.stackIsArray()) {
        frames.appendTo(stack, bytes, found.from(Fields.STACK), found.to(Fields.STACK));
      } else {
        stack.appendUnescaped(bytes, found.from(Fields.STACK), found.to(Fields.STACK));
      }
      shape.read(stack.bytes(), stack.offset(), stack.end(), stack.offset());
    } else {
      shape.read(message, from, to, from);
    }
    return settle(level);
  }

  private Level settle(Level level) {
    boolean trace = shape.isTrace();
    looked = level.atLeastError() || trace;
    return trace && level == Level.NONE ? Level.ERROR : level;
  }

  /// Whether the document at hand has the object.
  boolean written() {
    return looked;
  }

  /// The fingerprint that was written.
  long fingerprint() {
    return fingerprint.value();
  }

  /// Writes the object with the comma before it, or nothing.
  void writeText(JsonText json, byte[] pod) {
    if (!looked) {
      return;
    }
    json.raw(ERROR);
    if (shape.hasType()) {
      json.raw(TYPE);
      json.escaped(message, shape.typeFrom(), shape.typeTo() - shape.typeFrom());
      json.raw((byte) '"');
      json.raw((byte) ',');
    }
    if (shape.isTrace()) {
      json.raw(STACK);
      json.escaped(message, shape.traceFrom(), Math.max(to, shape.traceFrom()) - shape.traceFrom());
      json.raw((byte) '"');
      json.raw((byte) ',');
    }
    writeFingerprint(json, pod);
  }

  void writeJson(byte[] bytes, Found found, JsonText json, byte[] pod) {
    if (!looked) {
      return;
    }
    json.raw(ERROR);
    boolean hasStack = found.has(Fields.STACK);
    MessageBytes shaped = hasStack ? stack : words;
    int typeBytes = found.to(Fields.ERROR_TYPE) - found.from(Fields.ERROR_TYPE);
    boolean stated = found.has(Fields.ERROR_TYPE) && typeBytes <= MAX_TYPE_BYTES;
    if (stated || shape.hasType()) {
      json.raw(TYPE);
      if (stated) {
        json.raw(bytes, found.from(Fields.ERROR_TYPE), typeBytes);
      } else {
        json.escaped(shaped.bytes(), shape.typeFrom(), shape.typeTo() - shape.typeFrom());
      }
      json.raw((byte) '"');
      json.raw((byte) ',');
    }
    if (hasStack) {
      json.raw(STACK);
      if (found.stackIsArray()) {
        json.escaped(stack.bytes(), stack.offset(), stack.length());
      } else {
        int stackBytes = found.to(Fields.STACK) - found.from(Fields.STACK);
        json.raw(bytes, found.from(Fields.STACK), stackBytes);
      }
      json.raw((byte) '"');
      json.raw((byte) ',');
    } else if (shape.isTrace()) {
      json.raw(STACK);
      json.escaped(message, shape.traceFrom(), Math.max(to, shape.traceFrom()) - shape.traceFrom());
      json.raw((byte) '"');
      json.raw((byte) ',');
    }
    writeFingerprint(json, pod);
  }

  private void writeFingerprint(JsonText json, byte[] pod) {
    fingerprint.start();
    shape.addTo(fingerprint);
    if (!shape.isTrace() || !shape.isDistinct()) {
      fingerprint.message(message, firstWords, to, pod);
    }
    json.raw(FINGERPRINT);
    fingerprint.write(json.room(Fingerprint.BYTES), json.at());
    json.advance(Fingerprint.BYTES);
    json.raw((byte) '"');
    json.raw((byte) '}');
  }
}
