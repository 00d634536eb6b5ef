package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// Where what counts of a frame's text ends, and what stands around it.
final class FrameText {
  private static final byte[] RUBY_IN = ":in ".getBytes(StandardCharsets.US_ASCII);

  private FrameText() {}

  /// Behind what stands between brackets at a line's begin, which Rails and Open Liberty put before
  /// each line.
  static int afterTags(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] == '[') {
      int close = Bytes.indexOf(bytes, at, end, (byte) ']');
      if (close < 0) {
        return from;
      }
      at = close + 1;
      while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
        at++;
      }
    }
    return at;
  }

  static int openingBracket(byte[] bytes, int from, int end) {
    int open = Bytes.indexOf(bytes, from, end, (byte) '(');
    return open < 0 ? end : open;
  }

  /// Behind the bars and signs with which Python draws a group of exceptions, and loguru's arrow.
  static int afterBars(byte[] bytes, int text, int end) {
    int i = text;
    while (i < end && (bytes[i] == '|' || bytes[i] == '+' || bytes[i] == '>')) {
      i++;
      while (i < end && bytes[i] == ' ') {
        i++;
      }
    }
    return i < end ? i : text;
  }

  /// Behind the last of the columns that two blanks set off.
  static int behindColumns(byte[] bytes, int from, int end) {
    int at = end;
    while (at > from + 2 && (bytes[at - 1] != ' ' || bytes[at - 2] != ' ')) {
      at--;
    }
    return at;
  }

  static int callEnd(byte[] bytes, int from, int end) {
    int close = Bytes.indexOf(bytes, from, end, (byte) ')');
    return close < 0 ? end : close;
  }

  static int afterDigits(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    return i;
  }

  /// `app/models/cart.rb:12:in 'total'`, with either quote.
  static boolean isRuby(byte[] bytes, int text, int end) {
    int in = Bytes.indexOf(bytes, text, end, RUBY_IN);
    if (in <= text || !Bytes.isDigit(bytes[in - 1]) || in + RUBY_IN.length >= end) {
      return false;
    }
    byte quote = bytes[in + RUBY_IN.length];
    return quote == '`' || quote == '\'';
  }
}
