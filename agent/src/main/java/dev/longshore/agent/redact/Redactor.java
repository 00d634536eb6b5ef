package dev.longshore.agent.redact;

import dev.longshore.agent.line.Bytes;
import java.util.Arrays;
import java.util.List;

/// Replaces in messages what must not leave the node by `[redacted]`. One for each shipping thread;
/// makes no objects for a message in which nothing is found.
///
/// [Candidates] says where to look; most lines have no such place, and nothing is done for them.
/// What it costs is in `EncodingBenchmark`.
public final class Redactor {
  private static final byte[] MARKER = Characters.ascii("[redacted]");

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
  private boolean begun;

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
    begun = false;
    if ((patterns & SECRETS) != 0) {
      secrets(bytes, from, to, patterns);
    }
    if ((patterns & ~SECRETS) != 0 || cutBefore || cutBehind) {
      begin(bytes, from, to, patterns);
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

  /// Tells what looks closer about the message. Most messages have nothing to look at.
  private void begin(byte[] bytes, int from, int to, long patterns) {
    if (!begun) {
      begun = true;
      message.of(bytes, from, to);
      keys.begin(message, patterns);
      tokens.begin(message, patterns);
    }
  }

  private void secrets(byte[] bytes, int from, int to, long patterns) {
    int floor = from;
    int i = Candidates.next(bytes, from, to);
    while (i < to) {
      begin(bytes, from, to, patterns);
      long anchors = Candidates.anchors(bytes, i, to);
      if (anchors != 0) {
        int end = values(i, anchors, floor);
        floor = Math.max(floor, end);
        i = Math.max(i + Candidates.WORD, end);
      } else {
        int end = Characters.runEnd(bytes, i, to, Characters.TOKEN);
        int start = Characters.runStart(bytes, i, floor, Characters.TOKEN);
        i += Candidates.WORD;
        if (end >= i && end - start >= TokenScanner.MIN_RUN) {
          int first = Characters.afterEscape(bytes, start, end, floor);
          floor = Math.max(floor, tokens.run(first, end, floor));
          i = Math.max(end, floor);
        }
      }
      i = Candidates.next(bytes, i, to);
    }
  }

  /// Looks at each `=`, `:` and `>` of the word at `i`.
  ///
  /// @return where a match ended, or 0
  private int values(int i, long anchors, int floor) {
    byte[] bytes = message.bytes();
    for (long rest = anchors; rest != 0; rest &= rest - 1) {
      int at = i + Bytes.first(rest);
      if (at - floor >= 3 && Candidates.mayHaveValue(bytes, at)) {
        int end = keys.at(at, floor);
        if (end > 0) {
          return end;
        }
      }
    }
    return 0;
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
