package dev.longshore.agent.redact;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Finds what the operator's own patterns match. In a JSON object only what stands within strings,
/// and numbers, are left out of a match, so that what is left is JSON.
///
/// A message that is searched is copied: these patterns are the ones that cost.
final class CustomScanner {
  private final Pattern[] patterns;
  private final byte[][] needles;
  private final Matches matches;
  private long all;

  CustomScanner(RedactConfig config, Matches matches) {
    this.matches = matches;
    List<CustomPattern> custom = config.custom();
    patterns = new Pattern[custom.size()];
    needles = new byte[custom.size()][];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] = Pattern.compile(custom.get(i).regex());
      needles[i] = custom.get(i).contains().getBytes(StandardCharsets.UTF_8);
      all |= RedactConfig.customBit(i);
    }
  }

  void scan(Message message, long wanted) {
    if ((wanted & all) == 0) {
      return;
    }
    byte[] copy = null;
    for (int i = 0; i < patterns.length; i++) {
      if ((wanted & RedactConfig.customBit(i)) != 0 && mayMatch(message, needles[i])) {
        if (copy == null) {
          copy = Arrays.copyOfRange(message.bytes(), message.from(), message.to());
        }
        matches.settle();
        find(patterns[i].matcher(copy), message, BuiltIn.values().length + i);
      }
    }
  }

  private static boolean mayMatch(Message message, byte[] needle) {
    return needle.length == 0
        || Bytes.indexOf(message.bytes(), message.from(), message.to(), needle) >= 0;
  }

  private void find(Matcher matcher, Message message, int pattern) {
    int group = matcher.groupCount() > 0 ? 1 : 0;
    while (matcher.find()) {
      int start = message.from() + matcher.start(group);
      int end = message.from() + matcher.end(group);
      if (matcher.start(group) >= 0 && start < end) {
        if (message.isJson()) {
          withinStrings(message, start, end, pattern);
        } else {
          add(start, end, pattern, Matches.UNQUOTED);
        }
      }
    }
  }

  private void add(int start, int end, int pattern, int quotes) {
    if (!matches.overlaps(start, end)) {
      matches.add(start, end, pattern, quotes);
    }
  }

  private void withinStrings(Message message, int start, int end, int pattern) {
    byte[] bytes = message.bytes();
    boolean inside = message.isInString(start);
    int i = start;
    while (i < end) {
      if (inside) {
        int from = Characters.afterEscape(bytes, i, end, message.from());
        int stop = from;
        while (stop < end && bytes[stop] != '"') {
          stop += bytes[stop] == '\\' ? escapeBytes(bytes, stop) : 1;
        }
        stop = Math.min(stop, message.to());
        if (stop > from) {
          add(from, stop, pattern, Matches.UNQUOTED);
        }
        i = stop + 1;
        inside = stop >= end;
      } else if (bytes[i] == '"') {
        inside = true;
        i++;
      } else if (Bytes.isDigit(bytes[i])) {
        int from = i;
        while (from > message.from() && isOfNumber(bytes[from - 1])) {
          from--;
        }
        while (i < message.to() && isOfNumber(bytes[i])) {
          i++;
        }
        add(from, i, pattern, 0);
      } else {
        i++;
      }
    }
  }

  private static int escapeBytes(byte[] bytes, int backslash) {
    return bytes[backslash + 1] == 'u' ? 6 : 2;
  }

  private static boolean isOfNumber(byte b) {
    return Bytes.isDigit(b) || b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E';
  }
}
