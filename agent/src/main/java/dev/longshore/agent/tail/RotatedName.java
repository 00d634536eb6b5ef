package dev.longshore.agent.tail;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file's name, taken apart into the log's live name and what rotation has added.
///
/// The kubelet adds `.20261123-054855`, logrotate `.1` or `-20261123`, Docker `.1`, others a date;
/// each may be followed by `.gz`.
///
/// @param base the live name
/// @param suffix what rotation added, without `.gz`; empty for the live file
/// @param gzip whether it is compressed
record RotatedName(String base, String suffix, boolean gzip) {

  private static final Pattern ROTATED =
      Pattern.compile("(.+?)(\\.\\d{1,4}|[.-]\\d{4}-?\\d{2}-?\\d{2}(?:[-_.T]?\\d+)*Z?)");

  /// Oldest first; among files of one log.
  static final Comparator<RotatedName> BY_AGE =
      Comparator.comparingInt(RotatedName::kind)
          .thenComparing((a, b) -> a.isNumbered() && b.isNumbered() ? b.number() - a.number() : 0)
          .thenComparing(RotatedName::suffix);

  static RotatedName parse(String name) {
    boolean gzip = name.endsWith(".gz") && name.length() > 3;
    String plain = gzip ? name.substring(0, name.length() - 3) : name;
    Matcher matcher = ROTATED.matcher(plain);
    return matcher.matches()
        ? new RotatedName(matcher.group(1), matcher.group(2), gzip)
        : new RotatedName(plain, "", gzip);
  }

  /// Whether a name is of a file that is never a log: one that is being compressed, or one in a
  /// compression that is not read here.
  static boolean ignored(String name) {
    return name.endsWith(".tmp")
        || name.endsWith(".bz2")
        || name.endsWith(".xz")
        || name.endsWith(".zst")
        || name.endsWith(".zip");
  }

  boolean isLive() {
    return suffix.isEmpty() && !gzip;
  }

  /// The name without `.gz`.
  String plainName() {
    return base + suffix;
  }

  private boolean isNumbered() {
    return suffix.startsWith(".") && suffix.length() <= 5 && suffix.length() > 1;
  }

  private int number() {
    return Integer.parseInt(suffix.substring(1));
  }

  private int kind() {
    if (isLive()) {
      return 2;
    }
    return isNumbered() ? 1 : 0;
  }
}
