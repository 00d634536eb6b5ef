package dev.longshore.agent.deadletter;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Dead letters on disk: where records go that not even the dead-letter data stream takes.
///
/// They lie in segments ([SegmentFolder]), each a row of frames ([DeadLetterFrame]). A torn or
/// damaged frame costs itself: reading goes on at the next frame that is whole. A segment that an
/// earlier run left is never appended to.
///
/// A letter of more than half of the room is cut ([DeadLetter#cut]), so that each can be stored at
/// some time. Nobody but the agent's user can read the folder.
///
/// The agent and the command `dead-letters` may work on one folder at the same time: whoever
/// changes something holds `lock` meanwhile, for moments, and no file stays open in between. The
/// lock goes with the process that held it. All methods may be called by any thread.
public final class DiskStore implements DeadLetterStore {
  /// A segment ends beyond this; changing letters rewrites at most this much at a time.
  private static final long SEGMENT_BYTES = 8L << 20;

  /// Letters may take a tenth of `buffer.maxSize`, the queue the rest.
  private static final int PART = 10;

  private final SegmentFolder files;
  private final long maxBytes;

  /// The segment that this run writes to, or null. Guarded by this.
  private @Nullable Path current;

  /// What a walk over the letters met.
  ///
  /// @param letters how many could be read
  /// @param damagedBytes bytes in which no letter could be read
  public record Walk(long letters, long damagedBytes) {
    Walk plus(Walk other) {
      return new Walk(letters + other.letters, damagedBytes + other.damagedBytes);
    }
  }

  /// @param folder made when the first letter comes
  /// @param maxSize beyond it no letter is taken
  public DiskStore(Path folder, DataSize maxSize) {
    this.files = new SegmentFolder(folder);
    this.maxBytes = maxSize.bytes();
  }

  /// Where the letters of a buffer lie.
  public static Path folderIn(Path bufferDir) {
    return bufferDir.resolve("dead-letters");
  }

  /// The part of `buffer.maxSize` that is for them.
  public static DataSize share(DataSize bufferMaxSize) {
    return new DataSize(bufferMaxSize.bytes() / PART);
  }

  /// Begins to append; close it soon.
  ///
  /// @throws IOException when another process changes letters at this moment, or the folder can't
  ///   be written
  public Batch begin() throws IOException {
    files.make();
    FileChannel channel = files.openLock();
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this process: the same as another process.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException("another process changes the dead letters in " + folder());
    }
    try {
      return new Batch(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// What came of appending a letter.
  public enum Appended {
    WHOLE,
    /// It was too long for the room that letters have, and is stored without its document and with
    /// a part of its text.
    CUT,
    NO_ROOM
  }

  /// Letters that become durable together. Holds the lock until it is closed.
  public final class Batch implements AutoCloseable {
    private final FileChannel lock;
    private long storedBytes;
    private @Nullable FileChannel segment;
    private long segmentBytes;

    private Batch(FileChannel lock) throws IOException {
      this.lock = lock;
      this.storedBytes = files.sizeBytes();
    }

    /// Appends a letter; it is durable after [#sync].
    ///
    /// @throws IOException when it can't be written; letters before it are not harmed
    public Appended append(DeadLetter letter) throws IOException {
      ByteBuffer frame = DeadLetterFrame.of(letter);
      long longest = maxBytes / 2;
      boolean cut = frame.remaining() > longest;
      if (cut) {
        int fixedBytes = frame.remaining() - letter.original().length - letter.document().length;
        frame = DeadLetterFrame.of(letter.cut((int) Math.max(0, longest - fixedBytes)));
      }
      if (storedBytes + frame.remaining() > maxBytes) {
        return Appended.NO_ROOM;
      }
      FileChannel to = segment;
      if (to == null || segmentBytes > SEGMENT_BYTES) {
        if (to != null) {
          to.force(false);
          to.close();
          segment = null;
          forgetCurrent();
        }
        to = openSegment();
        segment = to;
        segmentBytes = to.size();
      }
      try {
        while (frame.hasRemaining()) {
          int written = to.write(frame);
          segmentBytes += written;
          storedBytes += written;
        }
      } catch (IOException e) {
        // What is torn stays behind in its segment; the next letter begins a new one.
        forgetCurrent();
        throw e;
      }
      return cut ? Appended.CUT : Appended.WHOLE;
    }

    /// Makes durable what was appended.
    ///
    /// @throws IOException when that fails: what was appended may be gone
    public void sync() throws IOException {
      FileChannel written = segment;
      if (written != null) {
        written.force(false);
      }
    }

    @Override
    public void close() throws IOException {
      try (lock) {
        FileChannel written = segment;
        segment = null;
        if (written != null) {
          written.close();
        }
      }
    }
  }

  private synchronized void forgetCurrent() {
    current = null;
  }

  /// The segment that this run began, by its name: it may have been rewritten meanwhile. Under the
  /// lock.
  private synchronized FileChannel openSegment() throws IOException {
    Path begun = current;
    if (begun != null && Files.exists(begun) && Files.size(begun) <= SEGMENT_BYTES) {
      return FileChannel.open(begun, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
    Path fresh = files.next();
    FileChannel opened = files.create(fresh);
    current = fresh;
    return opened;
  }

  /// Bytes of all segments.
  ///
  /// @throws UncheckedIOException when the folder can't be read
  public long bytes() {
    try {
      return files.sizeBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the size of " + folder() + " is not known", e);
    }
  }

  public long maxBytes() {
    return maxBytes;
  }

  public Path folder() {
    return files.path();
  }

  /// Reads all letters in the order in which they came.
  ///
  /// @throws IOException when a segment can't be read
  public Walk forEach(Consumer<DeadLetter> action) throws IOException {
    Walk all = new Walk(0, 0);
    for (Path segment : segments()) {
      all = all.plus(read(segment, action));
    }
    return all;
  }

  /// The segments, the oldest first; each holds letters for a few MiB.
  ///
  /// @throws IOException when the folder can't be read
  public List<Path> segments() throws IOException {
    return files.segments();
  }

  /// What was damaged or could not be read, and was set aside.
  ///
  /// @throws IOException when the folder can't be read
  public List<Path> setAside() throws IOException {
    return files.setAside();
  }

  /// Reads the letters of one segment.
  ///
  /// @throws IOException when it can't be read
  public Walk read(Path segment, Consumer<DeadLetter> action) throws IOException {
    long letters = 0;
    DeadLetterFrame.Walk walk = new DeadLetterFrame.Walk(Files.readAllBytes(segment));
    for (DeadLetter letter = walk.next(); letter != null; letter = walk.next()) {
      letters++;
      action.accept(letter);
    }
    return new Walk(letters, walk.damagedBytes());
  }

  /// Replaces and removes letters of one segment; waits while another process changes letters. What
  /// is damaged in it goes as soon as something else does.
  ///
  /// @param change gives the letter itself to keep it, another in its place, or null to remove it
  /// @throws IOException when the segment can't be rewritten; it is then as before
  public void rewrite(Path segment, Function<DeadLetter, @Nullable DeadLetter> change)
      throws IOException {
    try (FileChannel channel = files.openLock()) {
      FileLock _ = channel.lock();
      if (!Files.exists(segment)) {
        return;
      }
      List<ByteBuffer> frames = new ArrayList<>();
      boolean[] changed = {false};
      Walk walk =
          read(
              segment,
              letter -> {
                DeadLetter kept = change.apply(letter);
                changed[0] |= kept != letter;
                if (kept != null) {
                  frames.add(DeadLetterFrame.of(kept));
                }
              });
      if (changed[0]) {
        if (walk.damagedBytes() > 0) {
          files.keepDamaged(segment);
        }
        files.replace(segment, frames);
      }
    }
  }

  @Override
  public String name() {
    return "disk, " + folder();
  }

  @Override
  public void each(DeadLetterFilter filter, Pages pages) throws IOException {
    IOException unreadable = null;
    for (Path segment : segments()) {
      if (!Files.exists(segment)) {
        continue;
      }
      List<Stored> found = new ArrayList<>();
      try {
        read(
            segment,
            letter -> {
              if (filter.matches(letter)) {
                found.add(new Stored(letter, segment.toString()));
              }
            });
      } catch (IOException e) {
        files.setAside(segment, e);
        unreadable = new IOException(segment + " can't be read and was set aside", e);
      }
      Pager pager = new Pager(pages);
      for (Stored letter : found) {
        if (!pager.add(letter)) {
          return;
        }
      }
      if (!pager.finish()) {
        return;
      }
    }
    if (unreadable != null) {
      throw unreadable;
    }
  }

  @Override
  public void settle(List<Stored> broughtBack, List<Stored> refusedAgain) throws IOException {
    Map<Path, Map<String, Boolean>> gone = new HashMap<>();
    Map<Path, Map<String, DeadLetter>> changed = new HashMap<>();
    for (Stored stored : broughtBack) {
      gone.computeIfAbsent(Path.of(stored.place()), _ -> new HashMap<>())
          .put(key(stored.letter()), true);
    }
    for (Stored stored : refusedAgain) {
      changed
          .computeIfAbsent(Path.of(stored.place()), _ -> new HashMap<>())
          .put(key(stored.letter()), stored.letter());
    }
    List<Path> segments = new ArrayList<>(gone.keySet());
    changed.keySet().stream().filter(segment -> !gone.containsKey(segment)).forEach(segments::add);
    for (Path segment : segments) {
      Map<String, Boolean> leaving = gone.getOrDefault(segment, Map.of());
      Map<String, DeadLetter> newer = changed.getOrDefault(segment, Map.of());
      rewrite(
          segment,
          letter ->
              leaving.containsKey(key(letter)) ? null : newer.getOrDefault(key(letter), letter));
    }
  }

  private static String key(DeadLetter letter) {
    return letter.destination() + "/" + letter.id();
  }
}
