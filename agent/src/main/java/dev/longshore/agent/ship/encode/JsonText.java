package dev.longshore.agent.ship.encode;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// A writer of JSON at the end of a bulk body. It grows the body by what it writes, a piece at a
/// time, so that a long message does not claim six times its length at once.
final class JsonText {
  private static final int PIECE_BYTES = 4096;

  /// What one byte becomes at most: `\u001b`.
  private static final int MAX_EXPANSION = 6;

  /// Room behind a piece: eight bytes are stored where fewer may count.
  private static final int SLACK_BYTES = 32;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private BulkBody body = new BulkBody(0);
  private byte[] out = new byte[0];
  private int at;

  /// Continues at the end of `target`.
  void into(BulkBody target) {
    body = target;
    out = target.bytes();
    at = target.length();
  }

  /// Tells the body where it ends now.
  void done() {
    body.length(at);
  }

  /// Makes room for `more` bytes and returns the array; the caller writes at [#at] and calls
  /// [#advance].
  byte[] room(int more) {
    if (out.length - at < more) {
      body.length(at);
      out = body.ensure(more);
    }
    return out;
  }

  int at() {
    return at;
  }

  void advance(int written) {
    at += written;
  }

  void raw(byte[] from) {
    raw(from, 0, from.length);
  }

  void raw(byte[] from, int offset, int length) {
    byte[] target = room(length);
    System.arraycopy(from, offset, target, at, length);
    at += length;
  }

  void raw(byte b) {
    room(1)[at++] = b;
  }

  /// A number of at most 19 digits.
  void number(long value) {
    byte[] target = room(20);
    long rest = value;
    if (rest < 0) {
      target[at++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long power = rest; power >= 10; power /= 10) {
      digits++;
    }
    for (int i = at + digits - 1; i >= at; i--) {
      target[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    at += digits;
  }

  /// The inside of a JSON string. Bytes that are not UTF-8 become `\xNN`, as text.
  ///
  /// @return false when there were such bytes
  boolean escaped(byte[] from, int offset, int length) {
    boolean clean = true;
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int stop = Math.min(end, i + PIECE_BYTES);
      byte[] target = room((stop - i) * MAX_EXPANSION + SLACK_BYTES);
      int w = at;
      while (i < stop) {
        if (i + 8 <= stop) {
          long word = Bytes.get(from, i);
          Bytes.set(target, w, word);
          long special = Bytes.special(word);
          if (special == 0) {
            i += 8;
            w += 8;
            continue;
          }
          int plain = Bytes.first(special);
          i += plain;
          w += plain;
        }
        byte b = from[i];
        if (b < 0) {
          int sequence = Bytes.sequence(from, i, end);
          if (sequence == 0) {
            w = visible(b, target, w);
            i++;
            clean = false;
          } else {
            for (int k = 0; k < sequence; k++) {
              target[w++] = from[i++];
            }
          }
        } else if (b < 0x20 || b == '"' || b == '\\') {
          w = escape(b, target, w);
          i++;
        } else {
          target[w++] = b;
          i++;
        }
      }
      at = w;
    }
    return clean;
  }

  private static int visible(byte b, byte[] target, int offset) {
    target[offset] = '\\';
    target[offset + 1] = '\\';
    target[offset + 2] = 'x';
    target[offset + 3] = HEX[(b >> 4) & 0xf];
    target[offset + 4] = HEX[b & 0xf];
    return offset + 5;
  }

  private static int escape(byte b, byte[] target, int offset) {
    target[offset] = '\\';
    byte letter =
        switch (b) {
          case '"', '\\' -> b;
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 0;
        };
    if (letter != 0) {
      target[offset + 1] = letter;
      return offset + 2;
    }
    target[offset + 1] = 'u';
    target[offset + 2] = '0';
    target[offset + 3] = '0';
    target[offset + 4] = HEX[(b >> 4) & 0xf];
    target[offset + 5] = HEX[b & 0xf];
    return offset + 6;
  }

  /// A whole string, quotes included; for what is written once for each snapshot.
  static byte[] quoted(String text) {
    BulkBody scratch = new BulkBody(text.length() + 64);
    JsonText json = new JsonText();
    json.into(scratch);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    json.raw((byte) '"');
    json.escaped(utf8, 0, utf8.length);
    json.raw((byte) '"');
    json.done();
    byte[] quoted = new byte[scratch.length()];
    System.arraycopy(scratch.bytes(), 0, quoted, 0, quoted.length);
    return quoted;
  }
}
