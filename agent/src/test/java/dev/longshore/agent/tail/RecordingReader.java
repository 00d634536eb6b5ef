package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A reader that keeps what it reads, by generation, and checks that it comes in order and once. It
/// remembers positions as the queue does: through restarts, until a generation is gone.
final class RecordingReader implements Checkpoints {
  final Map<GenerationId, Position> committed = new HashMap<>();
  final Map<GenerationId, ByteArrayOutputStream> bytes = new LinkedHashMap<>();
  final Map<GenerationId, TailedFile> files = new LinkedHashMap<>();
  final List<String> lines = new ArrayList<>();
  final List<GenerationId> finished = new ArrayList<>();
  final List<String> handovers = new ArrayList<>();
  final List<GenerationId> gone = new ArrayList<>();
  final Map<TailedFile, Integer> reads = new HashMap<>();
  long lostBytes;
  boolean full;

  void forgetFiles() {
    files.clear();
    finished.clear();
  }

  @Override
  public @Nullable Position committed(GenerationId generation) {
    return committed.get(generation);
  }

  @Override
  public boolean hasUnclaimed() {
    return !files.keySet().containsAll(committed.keySet());
  }

  /// Polls the tail once, and reads what is readable.
  ///
  /// @return how many bytes were consumed
  int turn(Tail tail) {
    int consumed = 0;
    for (FileEvent event : tail.poll()) {
      switch (event) {
        case FileEvent.Appeared(TailedFile file, Position _) -> appeared(file);
        case FileEvent.HasBytes(TailedFile file) -> consumed += read(tail, file);
        case FileEvent.Finished finished -> finished(finished.file(), finished.successor());
        case FileEvent.Copied _ -> {}
        case FileEvent.Lost(TailedFile file, long lost) -> lost(file, lost);
        case FileEvent.Gone(TailedFile file, long unreadBytes) -> gone(file, unreadBytes);
      }
    }
    return consumed;
  }

  private void appeared(TailedFile file) {
    assertThat(files).as("appeared once").doesNotContainKey(file.id());
    files.put(file.id(), file);
  }

  private int read(Tail tail, TailedFile file) {
    reads.merge(file, 1, Integer::sum);
    if (full) {
      tail.defer(file);
      return 0;
    }
    Slice slice = tail.read(file);
    if (slice == null) {
      return 0;
    }
    long offset = slice.offset();
    assertThat(slice.length()).isPositive();
    assertThat(offset).isEqualTo(file.readOffset());
    assertThat(gone).doesNotContain(file.id());
    int end = slice.length();
    while (end > 0 && slice.bytes()[end - 1] != '\n') {
      end--;
    }
    if (slice.atEnd() || (end == 0 && slice.isFull())) {
      end = slice.length();
    }
    Position known = committed.get(file.id());
    assertThat(known == null ? offset : known.resumeAt())
        .as("contiguous in " + file)
        .isEqualTo(offset);
    bytes
        .computeIfAbsent(file.id(), id -> new ByteArrayOutputStream())
        .write(slice.bytes(), 0, end);
    committed.put(
        file.id(), new Position(file.id(), offset + end, offset + end).withTail(file.tail()));
    lines.addAll(new String(slice.bytes(), 0, end, StandardCharsets.UTF_8).lines().toList());
    tail.consumed(file, end);
    return end;
  }

  private void finished(TailedFile file, @Nullable TailedFile successor) {
    assertThat(finished).as("finished once").doesNotContain(file.id());
    finished.add(file.id());
    handovers.add(
        file.path().getFileName()
            + " -> "
            + (successor == null ? "nothing" : successor.path().getFileName()));
  }

  private void lost(TailedFile file, long lost) {
    assertThat(lost).isPositive();
    lostBytes += lost;
    handovers.add("LOST " + lost + " " + file.path().getFileName());
  }

  private void gone(TailedFile file, long unreadBytes) {
    assertThat(gone).doesNotContain(file.id());
    gone.add(file.id());
    files.remove(file.id());
    committed.remove(file.id());
    lostBytes += unreadBytes;
    if (unreadBytes > 0) {
      handovers.add("GONE " + unreadBytes + " " + file.path().getFileName());
    }
  }

  List<String> messages() {
    return lines.stream().map(line -> line.replaceFirst("^\\S+ stdout [FP] ", "")).toList();
  }
}
