package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.tail.TailedFile;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;

/// Notes beside the positions what a plain log was known by besides its first line, so that a run
/// that finds it compressed, which changes that, knows what was read of it. One note for each log
/// without the runtime's timestamps, for as long as its file is there. Owned by the reading thread.
final class SaltNotes {
  private final FileStates files;
  private final Map<FileState, GenerationId> noted = new HashMap<>();

  /// Those that were not noted yet.
  private final SequencedSet<FileState> due = new LinkedHashSet<>();

  SaltNotes(FileStates files) {
    this.files = files;
  }

  void appeared(FileState state) {
    if (!state.file.isKnownByFirstLine()) {
      due.add(state);
    }
  }

  /// Commits what is due. A file for which there is no place goes without: where that many begin
  /// with the same line, it would be read anew once it was compressed while no agent ran.
  ///
  /// @param commit throws where that fails; it is tried again with the next call then
  void commitDue(Consumer<Position> commit) {
    while (!due.isEmpty()) {
      FileState state = due.getFirst();
      note(state, commit);
      due.remove(state);
    }
  }

  private void note(FileState state, Consumer<Position> commit) {
    Position free = null;
    for (int slot = 0; slot < TailedFile.saltNotes(); slot++) {
      Position note = state.file.saltNote(slot);
      Position known = files.committed(note.generation());
      if (known != null && known.sameOffsets(note)) {
        hold(state, known);
        return;
      }
      free = known == null && free == null ? note : free;
    }
    if (free != null) {
      commit.accept(free);
      hold(state, free);
    }
  }

  private void hold(FileState state, Position note) {
    files.noted(note);
    noted.put(state, note.generation());
  }

  /// No name leads to the file any more.
  void gone(FileState state, Consumer<GenerationId> forget) {
    due.remove(state);
    GenerationId note = noted.remove(state);
    if (note != null) {
      files.unnoted(note);
      forget.accept(note);
    }
  }
}
