package dev.longshore.agent.deadletter;

import dev.longshore.agent.event.ContainerRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A dead letter as it lies on disk. Big endian:
///
/// ```
/// mark      4 bytes: "LSD1"; the digit is the version
/// length    4 bytes: of the content
/// checksum  4 bytes: CRC-32C of the content
/// content   status (4), offset (8), epochMillis (8), attempts (4), then id, destination, type, reason, namespace,
///           pod, podUid, container, path, original, document: each its length (4) and its bytes
/// ```
final class DeadLetterFrame {
  private static final int MARK = 0x4c534431;
  private static final int HEADER_BYTES = 12;
  private static final int NUMBERS_BYTES = 24;
  private static final int FIELDS = 11;

  private DeadLetterFrame() {}

  static ByteBuffer of(DeadLetter letter) {
    ContainerRef container = letter.container();
    byte[][] fields = {
      utf8(letter.id()),
      utf8(letter.destination()),
      utf8(letter.type()),
      utf8(letter.reason()),
      utf8(container.namespace()),
      utf8(container.pod()),
      utf8(container.podUid()),
      utf8(container.container()),
      utf8(letter.path()),
      letter.original(),
      letter.document()
    };
    int contentBytes = NUMBERS_BYTES;
    for (byte[] field : fields) {
      contentBytes += 4 + field.length;
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + contentBytes);
    frame.putInt(MARK).putInt(contentBytes).putInt(0);
    frame.putInt(letter.status()).putLong(letter.offset()).putLong(letter.epochMillis());
    frame.putInt(letter.attempts());
    for (byte[] field : fields) {
      frame.putInt(field.length).put(field);
    }
    frame.putInt(8, checksum(frame.array(), HEADER_BYTES, contentBytes));
    return frame.flip();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /// A walk over the frames of a segment.
  static final class Walk {
    private final byte[] bytes;
    private final ByteBuffer view;
    private int at;
    private long damagedBytes;

    Walk(byte[] bytes) {
      this.bytes = bytes;
      this.view = ByteBuffer.wrap(bytes);
    }

    /// The next whole letter, or null at the end.
    @Nullable DeadLetter next() {
      while (at < bytes.length) {
        int contentBytes = wholeAt();
        if (contentBytes >= 0) {
          DeadLetter letter = letter(at + HEADER_BYTES);
          at += HEADER_BYTES + contentBytes;
          return letter;
        }
        at++;
        damagedBytes++;
      }
      return null;
    }

    /// The length of the content when a whole frame begins here, or −1.
    private int wholeAt() {
      if (bytes.length - at < HEADER_BYTES || view.getInt(at) != MARK) {
        return -1;
      }
      int contentBytes = view.getInt(at + 4);
      if (contentBytes < NUMBERS_BYTES + 4 * FIELDS
          || contentBytes > bytes.length - at - HEADER_BYTES) {
        return -1;
      }
      boolean whole = view.getInt(at + 8) == checksum(bytes, at + HEADER_BYTES, contentBytes);
      return whole ? contentBytes : -1;
    }

    private DeadLetter letter(int offset) {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      from.position(offset);
      int status = from.getInt();
      long logOffset = from.getLong();
      long epochMillis = from.getLong();
      int attempts = from.getInt();
      String id = text(from);
      String destination = text(from);
      String type = text(from);
      String reason = text(from);
      ContainerRef container = new ContainerRef(text(from), text(from), text(from), text(from));
      String path = text(from);
      return new DeadLetter(
          id,
          destination,
          status,
          type,
          reason,
          container,
          path,
          logOffset,
          epochMillis,
          attempts,
          field(from),
          field(from));
    }

    private static byte[] field(ByteBuffer from) {
      byte[] field = new byte[from.getInt()];
      from.get(field);
      return field;
    }

    private static String text(ByteBuffer from) {
      return new String(field(from), StandardCharsets.UTF_8);
    }

    /// Bytes that belong to no whole frame.
    long damagedBytes() {
      return damagedBytes;
    }
  }
}
