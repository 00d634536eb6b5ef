package dev.longshore.agent.config;

import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.shared.config.Section;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The section `levels`: names of levels that programs here use and the agent doesn't know.
final class LevelKeys {
  private LevelKeys() {}

  static LevelNames read(Section root) {
    Section section =
        root.section(
            "levels", "How `log.level` is found in JSON bodies, besides the names that are known.");
    List<String> keys =
        section.strings(
            "keys",
            List.of(),
            "Members of the body that hold its level, such as `prio`; they count where none of the"
                + " known ones (`level`, `severity`, `log.level`, `@l`, …) states one.");
    Map<Level, List<String>> words = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      if (level != Level.NONE) {
        String name = level.name().toLowerCase(Locale.ROOT);
        words.put(
            level,
            section.strings(
                name,
                List.of(),
                "Words or numbers that mean `"
                    + name
                    + "`, in any case; they go before the known."));
      }
    }
    return section.build(() -> new LevelNames(keys, words), LevelNames.NONE);
  }
}
