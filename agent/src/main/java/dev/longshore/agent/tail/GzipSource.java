package dev.longshore.agent.tail;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// A compressed log. It is inflated forward; what was read and not consumed is kept, at most one
/// slice. Reading at an offset that lies further back inflates from the beginning again.
///
/// It holds [#WINDOW_BYTES] from the first read until [#rest]; who lets it read is
/// [Decompression]'s concern. Owned by the reading thread.
final class GzipSource implements Source {
  private static final int INFLATE_BYTES = 64 * 1024;

  /// How much is inflated in one call, because what stands before damage is lost within a call.
  private static final int CALL_BYTES = 2 * 1024;

  /// zlib's own memory for one stream that is inflated, outside the heap.
  private static final int ZLIB_BYTES = 48 * 1024;

  /// What a file holds while it is read: the compressed bytes that were fetched, the inflater, and
  /// a slice that was not consumed.
  static final int WINDOW_BYTES = INFLATE_BYTES + ZLIB_BYTES + Slice.MAX_BYTES;

  /// Header and trailer.
  private static final int LEAST_BYTES = 18;

  /// Deflate makes no more than this of one byte.
  private static final long LARGEST_RATIO = 1032;

  private final PlainSource file;
  private final long trailerBytes;
  private @Nullable InputStream inflated;
  private @Nullable FileBytes compressed;

  /// Position of `inflated`.
  private long position;

  /// Bytes before `position` that may be asked for again.
  private byte[] kept = new byte[0];

  private int keptBytes;

  private boolean damaged;

  /// @param file the compressed bytes; closed with this
  /// @throws IOException when its end can't be read
  GzipSource(PlainSource file) throws IOException {
    this.file = file;
    trailerBytes = trailer();
  }

  /// The size modulo 4 GiB in the last four bytes, which is all of it for a kubelet's file; 0 of a
  /// file that is too short to be one.
  private long trailer() throws IOException {
    long fileBytes = file.sizeBytes();
    byte[] last = new byte[4];
    if (fileBytes < LEAST_BYTES || file.readAt(fileBytes - 4, last, 0, 4) < 4) {
      return 0;
    }
    return (last[0] & 0xffL)
        | (last[1] & 0xffL) << 8
        | (last[2] & 0xffL) << 16
        | (last[3] & 0xffL) << 24;
  }

  /// Lets go of all memory until the next read, and keeps the file open.
  void rest() {
    InputStream stream = inflated;
    inflated = null;
    compressed = null;
    if (stream != null) {
      try {
        // Frees the inflater; the file stays open.
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing what was only read", e);
      }
    }
    kept = new byte[0];
    keptBytes = 0;
    position = 0;
  }

  /// Up to where it is inflated.
  long position() {
    return position;
  }

  /// @return null when it does not even begin as gzip does
  private @Nullable InputStream restart() throws IOException {
    rest();
    damaged = false;
    FileBytes bytes = new FileBytes(file);
    compressed = bytes;
    try {
      InputStream stream = new GZIPInputStream(bytes, INFLATE_BYTES);
      inflated = stream;
      return stream;
    } catch (EOFException | ZipException e) {
      damaged = true;
      return null;
    }
  }

  private @Nullable InputStream streamAt(long offset) throws IOException {
    InputStream stream = inflated;
    return stream == null || offset < position - keptBytes ? restart() : stream;
  }

  /// Inflates towards `offset`, so that a read there costs no more than the read.
  ///
  /// @param scratch overwritten
  /// @param maxBytes how much to inflate at most
  /// @return how many bytes were inflated; fewer than `maxBytes` when `offset` or the end was
  ///   reached
  long advance(long offset, byte[] scratch, long maxBytes) throws IOException {
    InputStream stream = streamAt(offset);
    long inflatedBytes = 0;
    while (stream != null && position < offset && inflatedBytes < maxBytes) {
      int length = (int) Math.min(scratch.length, Math.min(offset - position, maxBytes));
      int n = inflateInto(stream, scratch, 0, length);
      position += n;
      inflatedBytes += n;
      keptBytes = 0;
      if (n < length) {
        break;
      }
    }
    return inflatedBytes;
  }

  @Override
  public int readAt(long offset, byte[] into, int from, int length) throws IOException {
    InputStream stream = streamAt(offset);
    if (stream == null) {
      return 0;
    }
    if (offset > position) {
      advance(offset, new byte[INFLATE_BYTES], Long.MAX_VALUE);
      if (offset > position) {
        return 0;
      }
    }
    int behind = (int) (position - offset);
    int again = Math.min(behind, length);
    System.arraycopy(kept, keptBytes - behind, into, from, again);
    if (again == length) {
      return length;
    }
    int fresh = inflateInto(stream, into, from + again, length - again);
    position += fresh;
    keep(into, from, again + fresh);
    return again + fresh;
  }

  /// Reads on; what stands before damage is still good.
  private int inflateInto(InputStream stream, byte[] into, int from, int length)
      throws IOException {
    int read = 0;
    while (read < length && !damaged) {
      try {
        int n = stream.read(into, from + read, Math.min(length - read, CALL_BYTES));
        if (n < 0) {
          break;
        }
        read += n;
      } catch (EOFException | ZipException e) {
        damaged = true;
      }
    }
    return read;
  }

  /// Whether it ended before its end: it is torn, or not gzip all through.
  boolean isDamaged() {
    return damaged;
  }

  /// How many bytes follow the damage, as far as one can tell: what the trailer says is missing, if
  /// that is possible; else what is left of the compressed bytes, which is 0 where a file was cut.
  long unreadableBytes() throws IOException {
    long fileBytes = file.sizeBytes();
    if (trailerBytes > position && trailerBytes <= fileBytes * LARGEST_RATIO) {
      return trailerBytes - position;
    }
    FileBytes bytes = compressed;
    return Math.max(0, fileBytes - (bytes == null ? 0 : bytes.position()));
  }

  private void keep(byte[] bytes, int from, int length) {
    if (kept.length < length) {
      kept = new byte[length];
    }
    System.arraycopy(bytes, from, kept, 0, length);
    keptBytes = length;
  }

  @Override
  public long sizeBytes() {
    return trailerBytes;
  }

  @Override
  public long dataAt(long offset) {
    return offset;
  }

  @Override
  public void passOverBadPages(long from) {
    // The stream is damaged there.
    file.passOverBadPages(from);
    rest();
  }

  @Override
  public void close() {
    rest();
    file.close();
  }

  /// The compressed bytes as a stream.
  private static final class FileBytes extends InputStream {
    private final PlainSource file;
    private final byte[] one = new byte[1];
    private long at;

    FileBytes(PlainSource file) {
      this.file = file;
    }

    long position() {
      return at;
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int n = file.readAt(at, into, from, length);
      at += n;
      return n == 0 && length > 0 ? -1 : n;
    }

    @Override
    public int available() throws IOException {
      return Math.clamp(file.sizeBytes() - at, 0, Integer.MAX_VALUE);
    }
  }
}
