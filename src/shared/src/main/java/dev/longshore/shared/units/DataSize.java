package dev.longshore.shared.units;

/// An amount of data, in bytes, never negative.
///
/// As text it is a whole number and a unit: `B`, `KiB`, `MiB`, `GiB`, `TiB` count by 1,024, `KB`,
/// `MB`, `GB`, `TB` by 1,000; without a unit it is bytes. `Ki`, `Mi`, `Gi` and `Ti`, as Kubernetes
/// writes quantities, are `KiB`, `MiB`, `GiB` and `TiB`.
///
/// @param bytes how many bytes
public record DataSize(long bytes) implements Comparable<DataSize> {

  /// From the largest to the smallest, so that of two equally short texts the larger unit wins.
  private static final Unit[] UNITS = {
    new Unit("TiB", 1L << 40),
    new Unit("TB", 1_000_000_000_000L),
    new Unit("GiB", 1L << 30),
    new Unit("GB", 1_000_000_000L),
    new Unit("MiB", 1L << 20),
    new Unit("MB", 1_000_000L),
    new Unit("KiB", 1L << 10),
    new Unit("KB", 1_000L),
    new Unit("B", 1L),
  };

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes + " bytes");
    }
  }

  /// Reads `256KiB`, `256Ki`, `64MB` or `4096`; a space before the unit is allowed, letter case
  /// counts.
  ///
  /// @throws IllegalArgumentException when the text is anything else, or above 2^63−1 bytes
  public static DataSize parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    long unitBytes = digits == 0 ? 0 : bytesOf(text.substring(digits).stripLeading());
    if (unitBytes == 0) {
      throw new IllegalArgumentException(
          "not a size: '" + text + "'; write a whole number and a unit, such as 256KiB or 64MB");
    }
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(text.substring(0, digits)), unitBytes));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("a size above 2^63-1 bytes: '" + text + "'", e);
    }
  }

  /// Bytes of a unit, 0 when there is no such unit.
  private static long bytesOf(String name) {
    if (name.isEmpty()) {
      return 1;
    }
    String full = name.endsWith("i") ? name + "B" : name;
    for (Unit unit : UNITS) {
      if (unit.name.equals(full)) {
        return unit.bytes;
      }
    }
    return 0;
  }

  public static DataSize ofBytes(long bytes) {
    return new DataSize(bytes);
  }

  public static DataSize ofKiB(long kibibytes) {
    return new DataSize(Math.multiplyExact(kibibytes, 1L << 10));
  }

  public static DataSize ofMiB(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  public static DataSize ofGiB(long gibibytes) {
    return new DataSize(Math.multiplyExact(gibibytes, 1L << 30));
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /// The shortest text that is exactly this size, which [#parse] reads back: `256KiB`, `64MB`,
  /// `1500B`.
  @Override
  public String toString() {
    String shortest = bytes + "B";
    if (bytes == 0) {
      return shortest;
    }
    for (Unit unit : UNITS) {
      if (bytes % unit.bytes == 0) {
        String text = bytes / unit.bytes + unit.name;
        if (text.length() < shortest.length()) {
          shortest = text;
        }
      }
    }
    return shortest;
  }

  private record Unit(String name, long bytes) {}
}
