package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.Snapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// The form of one entry in a queue file, and a scratch buffer in which one is built.
///
/// Little-endian, at an offset of the file that is a multiple of 4:
///
/// ```
/// magic   4  "LSQ" and the version, a digit; one for all entries of a file
/// crc     4  CRC32C of magic and all that follows crc; in version 1 without magic
/// length  4  of the body
/// kind    4
/// tag     8  random, the same in all entries of a file: a log line can't pass for an entry
/// body
/// ```
///
/// This header is the same in all versions; bodies are not. Version 2 is written. Version 1, whose
/// commits have no checksum of the log's content, is read. A file of a later version is refused as
/// a whole: see [FileScan].
final class EntryFormat {
  /// "LSQ" without the digit.
  private static final int MAGIC = 0x0051534c;

  /// What is written.
  static final int VERSION = 2;

  static final int HEADER_BYTES = 24;
  static final int CRC_FROM = 8;

  /// A part of the committed positions with which each file begins.
  static final int HEAD = 1;

  static final int BLOCK = 2;

  /// A block that was appended before, in a file that can go now.
  static final int RELOCATED = 3;

  static final int SNAPSHOT = 4;

  /// References of blocks that are done.
  static final int ACKNOWLEDGED = 5;

  /// A position that no block commits.
  static final int COMMITTED = 6;

  /// A generation of which no name exists.
  static final int FORGOTTEN = 7;

  /// The number of the oldest file that is still needed: those before are deleted.
  static final int OLDEST = 8;

  /// The longest body.
  static final int MAX_BODY_BYTES = Buffer.MAX_PAYLOAD_BYTES + (64 << 10);

  /// A commit: generation, from and to for both streams; offset and value of the tail's checksum.
  static final int COMMIT_BYTES = 56;

  private static final int COMMIT_BYTES_1 = 44;

  /// A block commits at most that many positions.
  static final int MAX_COMMITS = 16;

  /// A block's body before its commits.
  static final int BLOCK_FIXED_BYTES = 54;

  /// A head's body before its commits.
  static final int HEAD_FIXED_BYTES = 24;

  /// Commits in one part of a head.
  static final int HEAD_COMMITS = 16 << 10;

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[4096];
  private ByteBuffer buffer = over(bytes);

  /// The version of an entry, by its first four bytes; 0 when they begin none.
  static int version(int magic) {
    int digit = (magic >>> 24) - '0';
    return (magic & 0xff_ffff) == MAGIC && digit >= 1 && digit <= 9 ? digit : 0;
  }

  /// Begins an entry's checksum: what follows the checksum's own four bytes is to be added.
  static void begin(CRC32C crc, int version) {
    crc.reset();
    if (version > 1) {
      crc.update('L');
      crc.update('S');
      crc.update('Q');
      crc.update('0' + version);
    }
  }

  /// How long a commit is.
  static int commitBytes(int version) {
    return version == 1 ? COMMIT_BYTES_1 : COMMIT_BYTES;
  }

  static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// What was built, valid up to [#length]; a block's payload is not in it.
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return buffer.position();
  }

  private void begin(int kind, long tag, int bodyBytes) {
    if (bytes.length < HEADER_BYTES + bodyBytes) {
      bytes = new byte[Math.max(HEADER_BYTES + bodyBytes, bytes.length * 2)];
      buffer = over(bytes);
    }
    buffer.clear();
    buffer.putInt(MAGIC | ('0' + VERSION) << 24).putInt(0).putInt(0).putInt(kind).putLong(tag);
  }

  private void end(byte[] payload, int payloadBytes) {
    int built = buffer.position();
    buffer.putInt(8, built - HEADER_BYTES + payloadBytes);
    begin(crc, VERSION);
    crc.update(bytes, CRC_FROM, built - CRC_FROM);
    crc.update(payload, 0, payloadBytes);
    buffer.putInt(4, (int) crc.getValue());
  }

  private static final byte[] NOTHING = new byte[0];

  private void end() {
    end(NOTHING, 0);
  }

  /// Builds what stands before a block's payload.
  ///
  /// @param origin the reference under which it was appended before, or −1
  /// @param from what was committed before of each position that the block commits, in its order
  /// @param to what it commits; none for a relocated block
  void block(
      Block block, long tag, int snapshotAt, long origin, List<Position> from, List<Position> to) {
    begin(origin < 0 ? BLOCK : RELOCATED, tag, BLOCK_FIXED_BYTES + COMMIT_BYTES * to.size());
    putGeneration(block.generation());
    buffer.put((byte) formatNumber(block.format())).put((byte) to.size());
    buffer.putLong(block.base()).putInt(block.records());
    buffer.putLong(block.firstTimestampNanos()).putLong(block.lastTimestampNanos());
    buffer.putInt(snapshotAt).putLong(origin);
    for (int i = 0; i < to.size(); i++) {
      putCommit(from.get(i), to.get(i));
    }
    end(block.payload(), block.payloadBytes());
  }

  private static int formatNumber(LogFormat format) {
    return switch (format) {
      case CRI -> 0;
      case DOCKER_JSON -> 1;
      case PLAIN -> 2;
    };
  }

  static LogFormat format(byte number) {
    return switch (number) {
      case 0 -> LogFormat.CRI;
      case 1 -> LogFormat.DOCKER_JSON;
      default -> LogFormat.PLAIN;
    };
  }

  private static final int PARSE_JSON = 1;
  private static final int DATASET_REFUSED = 2;

  /// One more text follows the others: what the pod has redacted, divided by commas. Earlier
  /// versions pass it over.
  private static final int REDACT = 4;

  /// Its documents have ids of version 2. Earlier versions pass it over.
  private static final int IDS_2 = 8;

  /// @throws IllegalArgumentException when it is longer than [#MAX_BODY_BYTES]
  void snapshot(Snapshot snapshot, long tag) {
    ContainerRef container = snapshot.container();
    int numbers = snapshot.numbers().size();
    boolean redact = !snapshot.redact().isEmpty();
    byte[][] texts = new byte[7 + numbers + (redact ? 1 : 0)][];
    texts[0] = utf8(container.namespace());
    texts[1] = utf8(container.pod());
    texts[2] = utf8(container.podUid());
    texts[3] = utf8(container.container());
    texts[4] = utf8(snapshot.dataStream());
    texts[5] = snapshot.fieldsJson();
    texts[6] = utf8(snapshot.path());
    for (int i = 0; i < numbers; i++) {
      texts[7 + i] = utf8(snapshot.numbers().get(i));
    }
    if (redact) {
      texts[7 + numbers] = utf8(String.join(",", snapshot.redact()));
    }
    int bodyBytes = 5;
    for (byte[] text : texts) {
      bodyBytes += 4 + text.length;
    }
    if (bodyBytes > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "a snapshot of %d bytes for %s; at most %d go into the buffer"
              .formatted(bodyBytes, container, MAX_BODY_BYTES));
    }
    begin(SNAPSHOT, tag, bodyBytes);
    int switches =
        (snapshot.parseJson() ? PARSE_JSON : 0)
            | (snapshot.datasetRefused() ? DATASET_REFUSED : 0)
            | (redact ? REDACT : 0)
            | (snapshot.idVersion() == 2 ? IDS_2 : 0);
    buffer.put((byte) switches).putInt(numbers);
    for (byte[] text : texts) {
      buffer.putInt(text.length).put(text);
    }
    end();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Reads what [#snapshot] wrote, from the body's first byte on.
  static Snapshot snapshot(ByteBuffer body) {
    int switches = body.get();
    int numbers = body.getInt();
    ContainerRef container = new ContainerRef(text(body), text(body), text(body), text(body));
    String dataStream = text(body);
    byte[] fields = octets(body);
    String path = text(body);
    String[] names = new String[numbers];
    for (int i = 0; i < numbers; i++) {
      names[i] = text(body);
    }
    List<String> redact =
        (switches & REDACT) == 0 ? List.of() : Arrays.asList(text(body).split(",", -1));
    return new Snapshot(
        container,
        dataStream,
        fields,
        path,
        (switches & PARSE_JSON) != 0,
        Arrays.asList(names),
        (switches & DATASET_REFUSED) != 0,
        redact,
        (switches & IDS_2) == 0 ? 1 : 2);
  }

  private static byte[] octets(ByteBuffer body) {
    byte[] octets = new byte[body.getInt()];
    body.get(octets);
    return octets;
  }

  private static String text(ByteBuffer body) {
    return new String(octets(body), StandardCharsets.UTF_8);
  }

  /// Builds one part of a file's head.
  ///
  /// @param opening whether it was written when the buffer was opened: no older file can then say
  ///   more; else it is what was reached when the file before was full
  /// @param before the number of the file before, −1 when there is none
  /// @param oldest the number of the oldest file that is needed
  /// @param from how far it was when the file before began
  void head(
      boolean opening,
      int before,
      int oldest,
      int part,
      int parts,
      List<Position> from,
      List<Position> to,
      long tag) {
    begin(HEAD, tag, HEAD_FIXED_BYTES + COMMIT_BYTES * to.size());
    buffer.putInt(opening ? 1 : 0).putInt(before).putInt(oldest);
    buffer.putInt(part).putInt(parts).putInt(to.size());
    for (int i = 0; i < to.size(); i++) {
      putCommit(from.get(i), to.get(i));
    }
    end();
  }

  void acknowledged(long[] references, int count, long tag) {
    begin(ACKNOWLEDGED, tag, 4 + Long.BYTES * count);
    buffer.putInt(count);
    for (int i = 0; i < count; i++) {
      buffer.putLong(references[i]);
    }
    end();
  }

  void committed(Position from, Position to, long tag) {
    begin(COMMITTED, tag, COMMIT_BYTES);
    putCommit(from, to);
    end();
  }

  void forgotten(GenerationId generation, long tag) {
    begin(FORGOTTEN, tag, 12);
    putGeneration(generation);
    end();
  }

  void oldest(int number, long tag) {
    begin(OLDEST, tag, 4);
    buffer.putInt(number);
    end();
  }

  private void putGeneration(GenerationId generation) {
    buffer.putLong(generation.high()).putInt(generation.low());
  }

  private void putCommit(Position from, Position to) {
    putGeneration(to.generation());
    buffer.putLong(from.stdout()).putLong(from.stderr()).putLong(to.stdout()).putLong(to.stderr());
    buffer.putLong(to.tailOffset()).putInt(to.tailChecksum());
  }

  static GenerationId generation(ByteBuffer body) {
    return new GenerationId(body.getLong(), body.getInt());
  }
}
