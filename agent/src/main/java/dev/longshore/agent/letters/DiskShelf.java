package dev.longshore.agent.letters;

import dev.longshore.agent.ship.DeadLetter;
import dev.longshore.agent.ship.DeadLetters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The letters on this node's disk, read a segment at a time.
final class DiskShelf implements LetterShelf {
  private final DeadLetters letters;

  DiskShelf(DeadLetters letters) {
    this.letters = letters;
  }

  @Override
  public String name() {
    return "disk, " + letters.folder();
  }

  @Override
  public void each(LetterFilter filter, Pages pages) throws IOException {
    for (Path segment : letters.segments()) {
      if (!Files.exists(segment)) {
        continue;
      }
      List<StoredLetter> found = new ArrayList<>();
      letters.read(
          segment,
          letter -> {
            if (filter.matches(letter)) {
              found.add(new StoredLetter(letter, segment.toString()));
            }
          });
      PageMaker maker = new PageMaker(pages);
      for (StoredLetter letter : found) {
        if (!maker.add(letter)) {
          return;
        }
      }
      if (!maker.finish()) {
        return;
      }
    }
  }

  @Override
  public void settle(List<StoredLetter> broughtBack, List<StoredLetter> refusedAgain)
      throws IOException {
    Map<Path, Map<String, Boolean>> gone = new HashMap<>();
    Map<Path, Map<String, DeadLetter>> changed = new HashMap<>();
    for (StoredLetter stored : broughtBack) {
      gone.computeIfAbsent(Path.of(stored.place()), _ -> new HashMap<>())
          .put(key(stored.letter()), true);
    }
    for (StoredLetter stored : refusedAgain) {
      changed
          .computeIfAbsent(Path.of(stored.place()), _ -> new HashMap<>())
          .put(key(stored.letter()), stored.letter());
    }
    List<Path> segments = new ArrayList<>(gone.keySet());
    changed.keySet().stream().filter(segment -> !gone.containsKey(segment)).forEach(segments::add);
    for (Path segment : segments) {
      Map<String, Boolean> leaving = gone.getOrDefault(segment, Map.of());
      Map<String, DeadLetter> newer = changed.getOrDefault(segment, Map.of());
      letters.rewrite(
          segment,
          letter ->
              leaving.containsKey(key(letter)) ? null : newer.getOrDefault(key(letter), letter));
    }
  }

  private static String key(DeadLetter letter) {
    return letter.destination() + "/" + letter.id();
  }
}
