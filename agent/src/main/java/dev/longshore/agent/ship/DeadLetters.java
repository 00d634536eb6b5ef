package dev.longshore.agent.ship;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Dead letters on disk: where records go that not even the dead-letter data stream takes.
///
/// The folder holds segments `letters-<number>.log`, written in order, each a row of frames (see
/// [LetterFrame]). A torn or damaged frame costs itself: reading goes on at the next frame that is
/// whole. A segment that a crash left is never appended to. All methods may be called by any
/// thread; one process owns the folder.
public final class DeadLetters implements AutoCloseable {
  private static final String PREFIX = "letters-";
  private static final String SUFFIX = ".log";

  /// A segment is closed beyond this; removing letters rewrites at most this much at a time.
  private static final long SEGMENT_BYTES = 8L << 20;

  private final Path folder;
  private final long maxBytes;

  // Guarded by this.
  private @Nullable FileChannel channel;
  private long segmentBytes;
  private long storedBytes = -1;

  /// What a walk over the letters met.
  ///
  /// @param letters how many could be read
  /// @param damagedBytes bytes in which no letter could be read
  public record Walk(long letters, long damagedBytes) {}

  /// @param folder made when the first letter comes
  /// @param maxSize beyond it no letter is taken
  public DeadLetters(Path folder, DataSize maxSize) {
    this.folder = folder;
    this.maxBytes = maxSize.bytes();
  }

  /// Appends a letter; it is durable after [#sync].
  ///
  /// @return false when there is no room for it
  /// @throws IOException when it can't be written; letters before it are not harmed
  public synchronized boolean append(DeadLetter letter) throws IOException {
    ByteBuffer frame = LetterFrame.of(letter);
    int frameBytes = frame.remaining();
    if (bytes() + frameBytes > maxBytes) {
      return false;
    }
    if (channel == null || segmentBytes > SEGMENT_BYTES) {
      startSegment();
    }
    FileChannel to = channel;
    if (to == null) {
      throw new IOException("no segment is open in " + folder);
    }
    try {
      while (frame.hasRemaining()) {
        segmentBytes += to.write(frame);
      }
    } catch (IOException e) {
      // What is torn stays behind in its segment; the next letter begins a new one.
      close();
      storedBytes = -1;
      throw e;
    }
    storedBytes += frameBytes;
    return true;
  }

  private void startSegment() throws IOException {
    if (channel != null) {
      channel.force(false);
    }
    close();
    Files.createDirectories(folder);
    List<Path> segments = segments();
    long number = segments.isEmpty() ? 1 : number(segments.getLast()) + 1;
    channel =
        FileChannel.open(segment(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    segmentBytes = 0;
    syncFolder();
  }

  /// Makes durable what was appended.
  ///
  /// @throws IOException when that fails: what was appended since the last call may be gone
  public synchronized void sync() throws IOException {
    if (channel != null) {
      channel.force(false);
    }
  }

  private void syncFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /// Bytes of all segments.
  ///
  /// @throws java.io.UncheckedIOException when the folder can't be read
  public synchronized long bytes() {
    if (storedBytes < 0) {
      long sum = 0;
      try {
        for (Path segment : segments()) {
          sum += Files.size(segment);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException("the size of " + folder + " is not known", e);
      }
      storedBytes = sum;
    }
    return storedBytes;
  }

  public long maxBytes() {
    return maxBytes;
  }

  public Path folder() {
    return folder;
  }

  /// Reads all letters in the order in which they came.
  ///
  /// @throws IOException when a segment can't be read
  public synchronized Walk forEach(Consumer<DeadLetter> action) throws IOException {
    long letters = 0;
    long damagedBytes = 0;
    for (Path segment : segments()) {
      LetterFrame.Walk walk = new LetterFrame.Walk(Files.readAllBytes(segment));
      for (DeadLetter letter = walk.next(); letter != null; letter = walk.next()) {
        letters++;
        action.accept(letter);
      }
      damagedBytes += walk.damagedBytes();
    }
    return new Walk(letters, damagedBytes);
  }

  /// Removes the letters that were brought back. What is damaged goes with its segment when that
  /// holds no other letter.
  ///
  /// @return how many were removed
  /// @throws IOException when a segment can't be rewritten; it is then as before
  public synchronized long removeIf(Predicate<DeadLetter> broughtBack) throws IOException {
    close();
    long removed = 0;
    for (Path segment : segments()) {
      List<ByteBuffer> kept = new ArrayList<>();
      long before = removed;
      LetterFrame.Walk walk = new LetterFrame.Walk(Files.readAllBytes(segment));
      for (DeadLetter letter = walk.next(); letter != null; letter = walk.next()) {
        if (broughtBack.test(letter)) {
          removed++;
        } else {
          kept.add(LetterFrame.of(letter));
        }
      }
      if (removed > before) {
        replace(segment, kept);
      }
    }
    storedBytes = -1;
    return removed;
  }

  private void replace(Path segment, List<ByteBuffer> frames) throws IOException {
    if (frames.isEmpty()) {
      Files.delete(segment);
    } else {
      Path fresh = segment.resolveSibling(segment.getFileName() + ".new");
      try (FileChannel to =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        for (ByteBuffer frame : frames) {
          while (frame.hasRemaining()) {
            to.write(frame);
          }
        }
        to.force(true);
      }
      Files.move(fresh, segment, StandardCopyOption.ATOMIC_MOVE);
    }
    syncFolder();
  }

  private List<Path> segments() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(PREFIX + "\\d{10}" + "\\.log"))
          .sorted()
          .toList();
    }
  }

  private Path segment(long number) {
    return folder.resolve(PREFIX + String.format("%010d", number) + SUFFIX);
  }

  private static long number(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
  }

  /// Closes the open segment; a letter that comes later opens a new one.
  @Override
  public synchronized void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
