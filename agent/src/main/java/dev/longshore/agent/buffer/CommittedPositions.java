package dev.longshore.agent.buffer;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How far each living generation is in the queue, now and when the current file began.
///
/// Guarded by the buffer's lock.
final class CommittedPositions {
  private final Map<GenerationId, Position> now = new HashMap<>();
  private final Map<GenerationId, Position> atHead = new HashMap<>();

  /// Fallen back, and not yet read again from there: nothing may be committed of them.
  private final Set<GenerationId> held = new HashSet<>();

  /// @param recovered how far each generation is
  /// @param before how far when the last file of the earlier run began
  CommittedPositions(List<Position> recovered, List<Position> before) {
    for (Position position : recovered) {
      now.put(position.generation(), position);
    }
    for (Position position : before) {
      if (now.containsKey(position.generation())) {
        atHead.put(position.generation(), position);
      }
    }
  }

  /// What is committed of a generation.
  Position of(GenerationId generation) {
    Position position = now.get(generation);
    return position == null ? Position.start(generation) : position;
  }

  /// What a commit about the generation comes to: itself, or no progress while it is held.
  Position admitted(Position position) {
    return held.contains(position.generation()) ? of(position.generation()) : position;
  }

  /// A generation is only that far after all, and is held there.
  void fallBack(Position position) {
    now.put(position.generation(), position);
    held.add(position.generation());
  }

  /// Whether something was committed of it, and it was not forgotten since.
  boolean knows(GenerationId generation) {
    return now.containsKey(generation);
  }

  /// What fell back is read again from where it fell to.
  void releaseAll() {
    held.clear();
  }

  void commit(Position position) {
    now.merge(position.generation(), position, Position::max);
  }

  /// @return whether it was known
  boolean forget(GenerationId generation) {
    held.remove(generation);
    atHead.remove(generation);
    return now.remove(generation) != null;
  }

  List<Position> all() {
    return List.copyOf(now.values());
  }

  int count() {
    return now.size();
  }

  /// What was committed of these generations when the current file began.
  List<Position> atHead(List<Position> positions) {
    List<Position> before = new ArrayList<>(positions.size());
    for (Position position : positions) {
      before.add(atHead.getOrDefault(position.generation(), Position.start(position.generation())));
    }
    return before;
  }

  /// A new file began.
  void beginFile() {
    atHead.clear();
    atHead.putAll(now);
  }
}
