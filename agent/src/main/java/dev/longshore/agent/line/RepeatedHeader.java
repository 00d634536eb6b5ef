package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// The header that some programs put before each line of an event of several lines, the same to the
/// last byte: RabbitMQ with its time in microseconds and the process, vLLM with the process, the
/// second and the place in the source.
public final class RepeatedHeader {
  private static final byte[] PID = ascii(" pid=");
  private static final int DATE_BYTES = "05-01 12:00:01 [".length();
  private static final int LONGEST_BYTES = 128;

  /// RabbitMQ's header has a fraction of so many digits at least.
  private static final int FRACTION_AT = "2026-11-28 12:00:01.".length();

  private static final int FRACTION_BYTES = 6;

  private RepeatedHeader() {}

  /// How many bytes the header has that further lines of the event in `[from, end)` would begin
  /// with, or 0 if the program puts none before them.
  ///
  /// @param header what was read of the same line
  public static int length(LineHeader header, byte[] bytes, int from, int end) {
    if (end - from < DATE_BYTES) {
      return 0;
    }
    int to = 0;
    if (bytes[from] == '(') {
      to = behindLevel(bytes, behindProcess(bytes, from, end), end);
    } else if (bytes[from] >= 'A' && bytes[from] <= 'Z') {
      int behind = header.level() == Level.NONE ? from : behindLevel(bytes, from, end);
      to = behind == from ? 0 : behind;
    } else if (isExact(header, bytes, from, end)) {
      int close = Bytes.indexOf(bytes, header.words(), end, (byte) '>');
      to = close < 0 ? 0 : close + 1;
    }
    return to > from ? to - from : 0;
  }

  /// Whether the event's time, in microseconds, and its process tell it from all others: what
  /// begins with the same header is a line of it.
  public static boolean isExact(LineHeader header, byte[] bytes, int from, int end) {
    int words = header.words();
    if (!header.isLogged() || words + 2 >= end || bytes[words] != '<') {
      return false;
    }
    int fraction = from + FRACTION_AT;
    for (int i = fraction; i < fraction + FRACTION_BYTES; i++) {
      if (!Bytes.isDigit(bytes[i])) {
        return false;
      }
    }
    return bytes[fraction - 1] == '.' && Bytes.isDigit(bytes[words + 1]);
  }

  /// Behind `(EngineCore_0 pid=123) `, or `from`.
  private static int behindProcess(byte[] bytes, int from, int end) {
    int near = Math.min(end, from + LONGEST_BYTES);
    int close = Bytes.indexOf(bytes, from, near, (byte) ')');
    int pid = close < 0 ? -1 : Bytes.indexOf(bytes, from, close, PID);
    int digits = pid + PID.length;
    if (pid < 0 || close + 1 >= end || bytes[close + 1] != ' ' || digits == close) {
      return from;
    }
    while (digits < close && Bytes.isDigit(bytes[digits])) {
      digits++;
    }
    return digits == close ? close + 2 : from;
  }

  /// Behind `ERROR 05-01 12:00:01 [core.py:700]`, or `from`; no blank is left where a line is
  /// empty.
  private static int behindLevel(byte[] bytes, int from, int end) {
    int blank = HeaderToken.letters(bytes, from, end);
    int date = blank + 1;
    int bracket = date + DATE_BYTES - 1;
    if (blank == from
        || bracket >= end
        || bytes[blank] != ' '
        || bytes[date + 2] != '-'
        || bytes[date + 5] != ' '
        || bytes[date + 8] != ':'
        || !Bytes.isDigit(bytes[date])) {
      return from;
    }
    int near = Math.min(end, bracket + LONGEST_BYTES);
    int close = bytes[bracket] == '[' ? Bytes.indexOf(bytes, bracket, near, (byte) ']') : -1;
    return close > bracket && Bytes.isDigit(bytes[close - 1]) ? close + 1 : from;
  }
}
