package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;
import java.util.Arrays;
import java.util.List;

/// Replaces in messages what must not leave the node by `[redacted]`. One for each shipping thread;
/// makes no objects for a message in which nothing is found.
///
/// The walk looks at eight bytes at a time: for `=` and `:`, where the key of a secret may end, and
/// for eight bytes that can all belong to a token, which every run of 15 has somewhere. Most words
/// of most lines have neither. What it costs is in `EncodingBenchmark`.
public final class Redactor {
  private static final byte[] MARKER = Characters.ascii("[redacted]");
  private static final long EQUAL_SIGNS = '=' * Bytes.ONES;
  private static final long COLONS = ':' * Bytes.ONES;
  private static final long LOWS = 0x7f * Bytes.ONES;

  /// Added to a byte below 0x80, it sets the high bit where the byte is not below `-`.
  private static final long NOT_BELOW_TOKENS = (0x80 - '-') * Bytes.ONES;

  private static final long DOT_OR_SLASH = '.' * Bytes.ONES;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  /// The longest word at a cut that is taken for the piece of a secret.
  private static final int LONGEST_PIECE = 512;

  private static final int MOST_ROUNDS = 8;

  private static final long SECRETS = RedactConfig.defaults().patternsFor(List.of());
  private static final long BUILT_IN =
      new RedactConfig(List.of("all"), List.of()).patternsFor(List.of());
  private static final int PIECE = BuiltIn.PASSWORD.index();

  private final RedactMetrics metrics;
  private final Message message = new Message();
  private final Matches matches = new Matches();
  private final TokenScanner tokens = new TokenScanner(matches);
  private final KeyScanner keys = new KeyScanner(matches, tokens);
  private final PersonalData personal = new PersonalData(matches);
  private final CustomScanner custom;
  private byte[] out = new byte[4 << 10];
  private byte[] spare = new byte[4 << 10];
  private int length;

  public Redactor(RedactConfig config, RedactMetrics metrics) {
    this.metrics = metrics;
    this.custom = new CustomScanner(config, matches);
  }

  /// Searches a message.
  ///
  /// @param patterns of [RedactConfig#patternsFor]
  /// @return whether something was found: then the message without it is [#bytes], of [#length]
  ///   bytes
  public boolean redact(byte[] bytes, int from, int to, long patterns) {
    return redact(bytes, from, to, patterns, false, false);
  }

  /// The same for a piece of a longer record.
  ///
  /// @param cutBefore whether it may begin inside a word
  /// @param cutBehind whether it may end inside a word
  public boolean redact(
      byte[] bytes, int from, int to, long patterns, boolean cutBefore, boolean cutBehind) {
    if (patterns == 0) {
      return false;
    }
    if (!search(bytes, from, to, patterns, cutBefore, cutBehind)) {
      return false;
    }
    // What stood beside something that is gone now may stand by itself.
    for (int round = 1; round < MOST_ROUNDS; round++) {
      byte[] text = out;
      out = spare;
      spare = text;
      if (!search(text, 0, length, patterns & BUILT_IN, false, false)) {
        spare = out;
        out = text;
        break;
      }
    }
    return true;
  }

  /// Writes the message without what is found, if there is any.
  private boolean search(
      byte[] bytes, int from, int to, long patterns, boolean cutBefore, boolean cutBehind) {
    matches.clear();
    message.of(bytes, from, to);
    if ((patterns & SECRETS) != 0) {
      secrets(patterns);
    }
    if ((patterns & PersonalData.PATTERNS) != 0) {
      matches.settle();
      personal.scan(message, patterns);
    }
    custom.scan(message, patterns);
    if (cutBefore || cutBehind) {
      matches.settle();
      pieces(cutBefore, cutBehind);
    }
    if (matches.count() == 0) {
      return false;
    }
    matches.merge();
    write(bytes, from, to);
    return true;
  }

  private void secrets(long patterns) {
    byte[] bytes = message.bytes();
    int to = message.to();
    keys.begin(message, patterns);
    tokens.begin(message, patterns);
    int floor = message.from();
    int i = floor;
    while (i + 8 <= to) {
      long word = Bytes.get(bytes, i) & LOWS;
      long anchors = ~(((word ^ EQUAL_SIGNS) + LOWS) & ((word ^ COLONS) + LOWS)) & HIGHS;
      if (anchors != 0) {
        int matched = anchors(bytes, i, anchors, floor);
        if (matched > 0) {
          floor = matched;
          i = matched;
          continue;
        }
      } else if (((word + NOT_BELOW_TOKENS) & HIGHS) == HIGHS && isWithinToken(bytes, i)) {
        int start = Characters.runStart(bytes, i, floor, Characters.TOKEN);
        int end = Characters.runEnd(bytes, i + 8, to, Characters.TOKEN);
        i = end;
        if (end - start >= TokenScanner.MIN_RUN) {
          int first = Characters.afterEscape(bytes, start, end, floor);
          int matched = tokens.run(first, end, floor);
          floor = Math.max(floor, matched);
          i = Math.max(end, matched);
        }
        continue;
      }
      i += 8;
    }
    for (; i < to; i++) {
      if (bytes[i] == '=' || bytes[i] == ':') {
        int end = keys.at(i, floor);
        if (end > 0) {
          floor = end;
          i = end - 1;
        }
      }
    }
  }

  private static boolean isWithinToken(byte[] bytes, int i) {
    long word = Bytes.get(bytes, i);
    return Bytes.zeros((word & ~Bytes.ONES) ^ DOT_OR_SLASH) == 0
        && Characters.runEnd(bytes, i, i + 8, Characters.TOKEN) == i + 8;
  }

  /// Looks at each `=` and `:` of the word at `i`.
  ///
  /// @return where a match ended, or 0
  private int anchors(byte[] bytes, int i, long found, int floor) {
    long rest = found;
    do {
      int at = i + Bytes.first(rest);
      if (at - floor >= 3 && mayHaveValue(bytes, at)) {
        int end = keys.at(at, floor);
        if (end > 0) {
          return end;
        }
      }
      rest &= rest - 1;
    } while (rest != 0);
    return 0;
  }

  /// Whether what stands before `at` can be the end of a key that matters, or a URL's scheme. Most
  /// keys are passed over here.
  private static boolean mayHaveValue(byte[] bytes, int at) {
    byte before = bytes[at - 1];
    int keyEnd = before == '"' ? at - 1 : at;
    return KeyName.mayEnd(bytes, keyEnd)
        || Characters.is(bytes[keyEnd - 1], Characters.DECORATION)
        || (at + 1 < bytes.length && bytes[at + 1] == '/');
  }

  /// Takes the word at a cut for the piece of a secret where it may be one.
  private void pieces(boolean cutBefore, boolean cutBehind) {
    byte[] bytes = message.bytes();
    int from = message.from();
    int to = message.to();
    if (cutBefore) {
      piece(from, Characters.runEnd(bytes, from, to, Characters.TOKEN68));
    }
    if (cutBehind) {
      piece(Characters.runStart(bytes, to, from, Characters.TOKEN68), to);
    }
  }

  private void piece(int from, int to) {
    if (to - from <= LONGEST_PIECE && Characters.isMixed(message.bytes(), from, to)) {
      int start = Characters.afterEscape(message.bytes(), from, to, message.from());
      if (start < to) {
        matches.add(start, to, PIECE, Matches.UNQUOTED);
      }
    }
  }

  private void write(byte[] bytes, int from, int to) {
    length = 0;
    int copied = from;
    for (int i = 0; i < matches.count(); i++) {
      append(bytes, copied, matches.from(i) - copied);
      int backslashes = matches.quotes(i);
      quote(backslashes);
      append(MARKER, 0, MARKER.length);
      quote(backslashes);
      copied = matches.to(i);
      metrics.matched(matches.pattern(i));
    }
    append(bytes, copied, to - copied);
  }

  private void quote(int backslashes) {
    if (backslashes != Matches.UNQUOTED) {
      room(backslashes + 1);
      Arrays.fill(out, length, length + backslashes, (byte) '\\');
      length += backslashes;
      out[length++] = '"';
    }
  }

  private void append(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, out, length, count);
    length += count;
  }

  private void room(int more) {
    if (out.length - length < more) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + more));
    }
  }

  /// The message without what was found; valid until the next call.
  @SuppressWarnings("MutableMethodReturnType")
  public byte[] bytes() {
    return out;
  }

  public int length() {
    return length;
  }
}
