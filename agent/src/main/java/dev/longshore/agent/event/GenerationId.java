package dev.longshore.agent.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The identity of one generation of a log file: what was written between two rotations.
///
/// It is the first 96 bits of a SHA-256 over the folder in which the file lies and the file's first
/// line, which starts with the runtime's nanosecond timestamp; so it survives renaming, compression
/// and a copy back, and differs for a new file that takes over an inode or a name.
///
/// @param high the first 64 bits
/// @param low the next 32 bits
public record GenerationId(long high, int low) implements Comparable<GenerationId> {

  /// Length of [#writeTo], in bytes.
  public static final int TEXT_BYTES = 16;

  private static final byte[] ALPHABET =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
          .getBytes(StandardCharsets.US_ASCII);

  /// The identity of the file in `folder` that begins with `firstLine`.
  ///
  /// @param folder real path of the folder in which the file lies
  /// @param firstLine at most 1 KiB, without its line feed
  /// @param salt 0 where the first line carries the runtime's timestamp, else the inode
  public static GenerationId of(String folder, byte[] firstLine, long salt) {
    MessageDigest sha = sha256();
    sha.update(folder.getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
    for (int shift = 56; shift >= 0; shift -= 8) {
      sha.update((byte) (salt >>> shift));
    }
    byte[] digest = sha.digest(firstLine);
    long high = 0;
    for (int i = 0; i < 8; i++) {
      high = high << 8 | (digest[i] & 0xff);
    }
    int low = 0;
    for (int i = 8; i < 12; i++) {
      low = low << 8 | (digest[i] & 0xff);
    }
    return new GenerationId(high, low);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Writes the 16 characters of this id, whose byte order is the ids' order.
  public void writeTo(byte[] target, int offset) {
    long rest = high;
    int tail = low;
    // 96 bits as 16 digits of 6 bits, from the right.
    for (int i = TEXT_BYTES - 1; i >= 0; i--) {
      target[offset + i] = ALPHABET[tail & 0x3f];
      tail = tail >>> 6 | (int) ((rest & 0x3f) << 26);
      rest >>>= 6;
    }
  }

  /// Reads what [#writeTo] wrote.
  ///
  /// @throws IllegalArgumentException when the text is not 16 characters of the alphabet
  public static GenerationId parse(String text) {
    if (text.length() != TEXT_BYTES) {
      throw new IllegalArgumentException(
          "a generation id has " + TEXT_BYTES + " characters: '" + text + "'");
    }
    long high = 0;
    int low = 0;
    for (int i = 0; i < TEXT_BYTES; i++) {
      int digit = Arrays.binarySearch(ALPHABET, (byte) text.charAt(i));
      if (digit < 0) {
        throw new IllegalArgumentException("not a generation id: '" + text + "'");
      }
      high = high << 6 | (low >>> 26);
      low = low << 6 | digit;
    }
    return new GenerationId(high, low);
  }

  @Override
  public int compareTo(GenerationId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Integer.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    byte[] text = new byte[TEXT_BYTES];
    writeTo(text, 0);
    return new String(text, StandardCharsets.US_ASCII);
  }
}
