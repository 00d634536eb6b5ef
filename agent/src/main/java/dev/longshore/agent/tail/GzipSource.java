package dev.longshore.agent.tail;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// A compressed log. It is read forward; what was read and not consumed is kept, at most one share.
/// Reading at an offset that lies further back starts from the beginning.
final class GzipSource implements Source {
  private static final int INFLATE_BYTES = 64 * 1024;

  private final Path path;
  private final RandomAccessFile file;
  private final long trailerBytes;
  private @Nullable InputStream inflated;

  /// Position of `inflated`.
  private long position;

  /// Bytes before `position` that may be asked for again.
  private byte[] kept = new byte[0];

  private int keptBytes;

  private boolean damaged;

  GzipSource(Path path) throws IOException {
    this.path = path;
    file = new RandomAccessFile(path.toFile(), "r");
    try {
      trailerBytes = trailer();
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /// The size modulo 4 GiB in the last four bytes, which is all of it for a kubelet's file.
  private long trailer() throws IOException {
    if (file.length() < 18) {
      throw new EOFException(path + " has " + file.length() + " bytes, too few for gzip");
    }
    file.seek(file.length() - 4);
    return Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
  }

  /// Lets go of all memory until the next read, and keeps the file open.
  void rest() {
    InputStream stream = inflated;
    inflated = null;
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

  private InputStream restart() throws IOException {
    rest();
    damaged = false;
    file.seek(0);
    return new GZIPInputStream(new FileBytes(file), INFLATE_BYTES);
  }

  @Override
  public int readAt(long offset, byte[] into, int from, int length) throws IOException {
    InputStream stream = inflated;
    if (stream == null || offset < position - keptBytes) {
      stream = restart();
      inflated = stream;
    }
    if (offset > position) {
      stream.skipNBytes(offset - position);
      position = offset;
      keptBytes = 0;
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
        int n = stream.read(into, from + read, length - read);
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
  public void close() {
    try {
      rest();
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a file that was only read", e);
    }
  }

  /// The compressed bytes, without a channel: see [PlainSource].
  private static final class FileBytes extends InputStream {
    private final RandomAccessFile file;

    FileBytes(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      return file.read();
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      return file.read(into, from, length);
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, file.length() - file.getFilePointer());
    }
  }
}
