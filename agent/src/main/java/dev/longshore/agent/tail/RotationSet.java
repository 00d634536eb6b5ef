package dev.longshore.agent.tail;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One log: the generations that share a folder and a live name, oldest first. Their bytes are
/// handed over in that order. Owned by the reading thread.
final class RotationSet {
  /// Of so many first lines it is remembered how often they came.
  private static final int MOST_LIVES = 64;

  /// So many generations are kept while a file can't be opened, which may be for ever.
  private static final int MOST_WITH_UNOPENED = 100;

  private final Path folder;
  private final String base;
  private final ContainerRef container;
  private final Path livePath;
  private final List<Generation> generations = new ArrayList<>();
  private long scan;
  private boolean unopened;

  /// The scan under way has found one again that no name led to until then.
  private boolean foundAgain;

  /// How many generations began with the same first line, by the identity of the first of them.
  private final Map<GenerationId, Integer> lives =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<GenerationId, Integer> eldest) {
          return size() > MOST_LIVES;
        }
      };

  /// @param folder real path
  /// @param base the live name
  /// @param livePath the live name as people know it
  RotationSet(Path folder, String base, ContainerRef container, Path livePath) {
    this.folder = folder;
    this.base = base;
    this.container = container;
    this.livePath = livePath;
  }

  Path folder() {
    return folder;
  }

  String base() {
    return base;
  }

  ContainerRef container() {
    return container;
  }

  Path livePath() {
    return livePath;
  }

  /// Oldest first.
  List<Generation> generations() {
    return generations;
  }

  /// How many generations are known to have begun with the line of this one.
  int lives(GenerationId first) {
    return lives.getOrDefault(first, 0);
  }

  void lives(GenerationId first, int count) {
    lives.put(first, count);
  }

  /// Its folder is looked at once more.
  void scanBegins() {
    scan++;
    foundAgain = false;
    unopened = false;
  }

  /// The scan has met the bytes of one in another file: it was compressed since the last scan.
  void foundAgain() {
    foundAgain = true;
  }

  /// All that there is was found: what is new is put anew where its age belongs. Until it was met,
  /// one that was compressed counted as gone, and so as older than all that is new.
  void scanEnds() {
    if (foundAgain) {
      List<Generation> fresh = generations.stream().filter(it -> it.isFoundIn(scan)).toList();
      generations.removeIf(it -> it.isFoundIn(scan));
      fresh.forEach(this::insert);
    }
  }

  /// The scan that is under way found a file that can't be opened.
  void unopened() {
    unopened = true;
  }

  /// Whether the last scan found a file that can't be opened.
  boolean hasUnopened() {
    return unopened;
  }

  /// Whether a generation without a name may have one all the same: that of a file which could not
  /// be opened. For so long it is not forgotten that it was read.
  boolean mayStandInUnopened() {
    return unopened && generations.size() <= MOST_WITH_UNOPENED;
  }

  /// The how many-th look at its folder the last one is.
  long scan() {
    return scan;
  }

  boolean isEmpty() {
    return generations.isEmpty();
  }

  /// Puts a generation where its age belongs.
  void insert(Generation generation) {
    int at = generations.size();
    while (at > 0 && generation.olderThan(generations.get(at - 1))) {
      at--;
    }
    generations.add(at, generation);
  }

  void insertAfter(Generation older, Generation generation) {
    generations.add(generations.indexOf(older) + 1, generation);
  }

  void remove(Generation generation) {
    generations.remove(generation);
  }

  /// The oldest that is not finished.
  @Nullable Generation active() {
    for (int i = 0; i < generations.size(); i++) {
      if (!generations.get(i).isFinished()) {
        return generations.get(i);
      }
    }
    return null;
  }

  /// The last one. Asked of each generation in each round, so nothing is looked for.
  @Nullable Generation newest() {
    return generations.isEmpty() ? null : generations.getLast();
  }

  /// The one before.
  @Nullable Generation before(Generation generation) {
    int at = generations.indexOf(generation);
    return at > 0 ? generations.get(at - 1) : null;
  }

  /// The next one, identified or not.
  @Nullable Generation after(Generation generation) {
    int next = generations.indexOf(generation) + 1;
    return next < generations.size() ? generations.get(next) : null;
  }
}
