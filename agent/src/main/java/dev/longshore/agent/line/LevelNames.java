package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the operator adds to the names that are known of themselves: members of JSON bodies that
/// hold a level, and values that mean one. Immutable.
///
/// Members are looked for in the body itself, not in objects within it, and count where none of the
/// known members states a level. Values are compared without regard to case, before the known ones;
/// a number is a value too.
public final class LevelNames {
  /// Nothing is added.
  public static final LevelNames NONE = new LevelNames(List.of(), Map.of());

  /// Each is compared with every member of a body.
  public static final int MOST_KEYS = 32;

  private final List<byte[]> keys;
  private final List<byte[]> words = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private final Map<Level, List<String>> wordsByLevel;

  /// @param keys names of members
  /// @param wordsByLevel which values mean a level
  /// @throws IllegalArgumentException when a value means two levels, a name or a value is empty, or
  ///   there are more than [#MOST_KEYS] names
  public LevelNames(List<String> keys, Map<Level, List<String>> wordsByLevel) {
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "keys: %d names are more than %d; name those that hold levels"
              .formatted(keys.size(), MOST_KEYS));
    }
    if (keys.contains("")) {
      throw new IllegalArgumentException("keys: a name is empty; write the member's name");
    }
    this.keys = keys.stream().map(LevelNames::utf8).toList();
    EnumMap<Level, List<String>> copy = new EnumMap<>(Level.class);
    Map<String, Level> seen = new HashMap<>();
    wordsByLevel.forEach(
        (level, ofLevel) -> {
          if (!ofLevel.isEmpty()) {
            copy.put(level, List.copyOf(ofLevel));
          }
          for (String word : ofLevel) {
            String name = word.toLowerCase(Locale.ROOT);
            Level other = seen.putIfAbsent(name, level);
            if (word.isEmpty() || (other != null && other != level)) {
              throw new IllegalArgumentException(
                  word.isEmpty()
                      ? "a value is empty; write what stands in the body"
                      : "'%s' means %s and %s; leave it in one list"
                          .formatted(word, lower(other == null ? level : other), lower(level)));
            }
            if (other == null) {
              words.add(utf8(name));
              levels.add(level);
            }
          }
        });
    this.wordsByLevel = copy;
  }

  private static String lower(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  /// The names of members that are added.
  public List<String> keys() {
    return keys.stream().map(key -> new String(key, StandardCharsets.UTF_8)).toList();
  }

  /// The values that are added for a level.
  public List<String> words(Level level) {
    return wordsByLevel.getOrDefault(level, List.of());
  }

  /// Whether members are added at all.
  public boolean hasKeys() {
    return !keys.isEmpty();
  }

  /// Whether the name of a member, without its quotes, is one of those that are added.
  public boolean isKey(byte[] bytes, int from, int to) {
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      if (Arrays.equals(key, 0, key.length, bytes, from, to)) {
        return true;
      }
    }
    return false;
  }

  /// The level that a value means, or [Level#NONE].
  public Level of(byte[] bytes, int from, int to) {
    for (int i = 0; i < words.size(); i++) {
      if (equalsIgnoringCase(words.get(i), bytes, from, to)) {
        return levels.get(i);
      }
    }
    return Level.NONE;
  }

  private static boolean equalsIgnoringCase(byte[] lower, byte[] bytes, int from, int to) {
    if (lower.length != to - from) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = bytes[from + i];
      byte folded = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      if (lower[i] != folded) {
        return false;
      }
    }
    return true;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LevelNames names
        && keys().equals(names.keys())
        && wordsByLevel.equals(names.wordsByLevel);
  }

  @Override
  public int hashCode() {
    return 31 * keys().hashCode() + wordsByLevel.hashCode();
  }

  @Override
  public String toString() {
    return "LevelNames[keys=" + keys() + ", words=" + wordsByLevel + "]";
  }
}
