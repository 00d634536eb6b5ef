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

/// A listener that keeps what it is handed, by generation, and checks that it comes in order and
/// once. It remembers positions as the queue does: through restarts, until a generation is gone.
final class RecordingListener implements TailListener {
  final Map<GenerationId, Long> positions = new HashMap<>();
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
  public long opened(TailedFile file) {
    assertThat(files).as("opened once").doesNotContainKey(file.id());
    files.put(file.id(), file);
    return positions.getOrDefault(file.id(), 0L);
  }

  @Override
  public int read(TailedFile file, byte[] array, int from, int length, long offset, boolean atEnd) {
    reads.merge(file, 1, Integer::sum);
    if (full) {
      return PAUSED;
    }
    assertThat(length).isPositive();
    assertThat(offset).isEqualTo(file.readOffset());
    assertThat(gone).doesNotContain(file.id());
    int end = length;
    while (end > 0 && array[from + end - 1] != '\n') {
      end--;
    }
    if (atEnd || (end == 0 && from + length == array.length)) {
      end = length;
    }
    long position = positions.getOrDefault(file.id(), offset);
    assertThat(position).as("contiguous in " + file).isEqualTo(offset);
    bytes.computeIfAbsent(file.id(), id -> new ByteArrayOutputStream()).write(array, from, end);
    positions.put(file.id(), offset + end);
    committed.put(
        file.id(), new Position(file.id(), offset + end, offset + end).withTail(file.tail()));
    if (end > 0) {
      lines.addAll(new String(array, from, end, StandardCharsets.UTF_8).lines().toList());
    }
    return end;
  }

  @Override
  public void finished(TailedFile file, @Nullable TailedFile successor) {
    assertThat(finished).as("finished once").doesNotContain(file.id());
    finished.add(file.id());
    handovers.add(
        file.path().getFileName()
            + " -> "
            + (successor == null ? "nothing" : successor.path().getFileName()));
  }

  @Override
  public void lost(TailedFile file, long lost) {
    assertThat(lost).isPositive();
    lostBytes += lost;
    handovers.add("LOST " + lost + " " + file.path().getFileName());
  }

  @Override
  public void gone(TailedFile file, long unreadBytes) {
    assertThat(gone).doesNotContain(file.id());
    gone.add(file.id());
    files.remove(file.id());
    positions.remove(file.id());
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
