package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.pipeline.Decision.Wait;
import dev.longshore.agent.tail.Checkpoints;
import dev.longshore.agent.tail.FileStatus;
import dev.longshore.agent.tail.TailedFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The states of the files that are followed, and how far an earlier run was with those that were
/// not found yet. Changed by the reading thread; [#view] and [#paused] are for any thread.
final class FileStates implements Checkpoints {
  private final Map<GenerationId, FileState> files = new ConcurrentHashMap<>();
  private final Map<GenerationId, Position> unclaimed = new HashMap<>();

  /// Of the files that are followed: see [SaltNotes].
  private final Map<GenerationId, Position> notes = new HashMap<>();

  /// @param recovered how far generations are in the queue
  FileStates(List<Position> recovered) {
    for (Position position : recovered) {
      unclaimed.put(position.generation(), position);
    }
  }

  @Override
  public @Nullable Position committed(GenerationId generation) {
    FileState known = files.get(generation);
    if (known != null) {
      return known.committed();
    }
    Position note = notes.get(generation);
    return note == null ? unclaimed.get(generation) : note;
  }

  @Override
  public boolean hasUnclaimed() {
    return !unclaimed.isEmpty();
  }

  void add(FileState state) {
    files.put(state.file.id(), state);
    unclaimed.remove(state.file.id());
  }

  /// What was noted of a file that is followed.
  void noted(Position note) {
    notes.put(note.generation(), note);
    unclaimed.remove(note.generation());
  }

  /// The file of a note is gone.
  void unnoted(GenerationId note) {
    notes.remove(note);
  }

  void remove(FileState state) {
    files.remove(state.file.id(), state);
  }

  /// @throws IllegalStateException when the file has not appeared, or is gone
  FileState of(TailedFile file) {
    FileState state = files.get(file.id());
    if (state == null) {
      throw new IllegalStateException(file + " is not followed");
    }
    return state;
  }

  @Nullable FileState find(GenerationId generation) {
    return files.get(generation);
  }

  boolean contains(FileState state) {
    return files.get(state.file.id()) == state;
  }

  Collection<FileState> all() {
    return files.values();
  }

  /// The queue lost what it held of a file that was not found yet.
  void fallBack(Position position) {
    unclaimed.replace(position.generation(), position);
  }

  /// Gives up the files that were not found.
  List<GenerationId> takeUnclaimed() {
    List<GenerationId> taken = new ArrayList<>(unclaimed.keySet());
    unclaimed.clear();
    return taken;
  }

  /// How many files wait for this reason.
  int paused(PauseReason reason) {
    int paused = 0;
    for (FileState state : files.values()) {
      Wait wait = state.waiting;
      paused += wait != null && wait.reason() == reason ? 1 : 0;
    }
    return paused;
  }

  /// A file for the status page.
  FileView view(FileStatus status) {
    GenerationId generation = status.generation();
    FileState state = generation == null ? null : files.get(generation);
    if (state == null) {
      return new FileView(status, null, "", null, false, PodRules.NONE);
    }
    Wait wait = state.waiting;
    return new FileView(
        status,
        wait == null ? null : wait.reason(),
        wait == null ? "" : wait.detail(),
        state.snapshot,
        state.enriched(),
        state.rules);
  }
}
