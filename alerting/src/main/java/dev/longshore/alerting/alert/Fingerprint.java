package dev.longshore.alerting.alert;

import java.nio.charset.StandardCharsets;

/// A 64-bit hash of labels, the same that Prometheus and Alertmanager compute: FNV-1a over each
/// name and value in UTF-8, each followed by the byte 255 (`model.LabelSet.Fingerprint` of
/// prometheus/common).
public record Fingerprint(long value) implements Comparable<Fingerprint> {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final int SEPARATOR = 255;

  /// @param labels names and values in turn, in the order of the names
  static Fingerprint of(String[] labels) {
    long hash = OFFSET;
    for (String text : labels) {
      hash = add(hash, text);
    }
    return new Fingerprint(hash);
  }

  private static long add(long hash, String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return (hash ^ SEPARATOR) * PRIME;
  }

  /// Reads what [#toString] writes.
  ///
  /// @throws IllegalArgumentException for anything but 16 hexadecimal digits
  public static Fingerprint parse(String text) {
    if (text.length() != 16) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a fingerprint of 16 hexadecimal digits");
    }
    return new Fingerprint(Long.parseUnsignedLong(text, 16));
  }

  @Override
  public int compareTo(Fingerprint other) {
    return Long.compareUnsigned(value, other.value);
  }

  /// Sixteen hexadecimal digits.
  @Override
  public String toString() {
    return "%016x".formatted(value);
  }
}
