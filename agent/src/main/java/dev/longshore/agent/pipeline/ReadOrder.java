package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.tail.TailedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which file of a container goes first: the one that is nearest to its deletion. A container has
/// several when it was restarted, each with its rotated ones. What was deleted already comes first,
/// then the oldest, because the kubelet deletes those first. Owned by the reading thread.
///
/// A file only waits for one that asks to be read as well, lately: none waits for a file that can't
/// be read, or follows another one itself.
final class ReadOrder {
  /// A file that is paused is offered again within a second.
  private static final Duration LATELY = Duration.ofSeconds(2);

  private final Map<ContainerRef, List<FileState>> files = new HashMap<>();

  void came(FileState state, long nowNanos) {
    state.asks(nowNanos);
    files.computeIfAbsent(state.file.container(), _ -> new ArrayList<>(2)).add(state);
  }

  void went(FileState state) {
    files.computeIfPresent(
        state.file.container(),
        (_, all) -> {
          all.remove(state);
          return all.isEmpty() ? null : all;
        });
  }

  /// Whether another file of the container goes first; the file asks to be read.
  boolean isBehindAnother(FileState state, long nowNanos) {
    state.asks(nowNanos);
    List<FileState> all = files.get(state.file.container());
    if (all == null || all.size() < 2) {
      return false;
    }
    for (int i = 0; i < all.size(); i++) {
      FileState other = all.get(i);
      if (other != state
          && other.hasUnread()
          && other.asked(nowNanos - LATELY.toNanos())
          && other.framingFailure(nowNanos).isEmpty()
          && goesBefore(other.file, state.file)) {
        return true;
      }
    }
    return false;
  }

  private static boolean goesBefore(TailedFile one, TailedFile other) {
    if (one.isDeleted() != other.isDeleted()) {
      return one.isDeleted();
    }
    long mine = one.firstTimestampNanos();
    long theirs = other.firstTimestampNanos();
    return mine != Block.NO_TIMESTAMP && theirs != Block.NO_TIMESTAMP && mine < theirs;
  }
}
