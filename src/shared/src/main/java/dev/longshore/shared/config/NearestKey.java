package dev.longshore.shared.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the key that somebody meant. Letter case, `-` and `_` do not count as differences, so
/// `max_size` means `maxSize`.
public final class NearestKey {
  private NearestKey() {}

  /// The most similar of the keys, or null when none is near: more than a third of the letters
  /// differ.
  public static @Nullable String of(String typed, Collection<String> keys) {
    String wanted = plain(typed);
    String nearest = null;
    int least = Math.max(1, wanted.length() / 3) + 1;
    int longest = 0;
    for (String key : keys) {
      int distance = distance(wanted, plain(key));
      int common = commonBegin(wanted, plain(key));
      if (distance < least || (distance == least && nearest != null && common > longest)) {
        least = distance;
        longest = common;
        nearest = key;
      }
    }
    return nearest;
  }

  private static String plain(String key) {
    String letters = key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    return letters.length() > 64 ? letters.substring(0, 64) : letters;
  }

  /// Of keys that are as near, the one that begins alike is meant: `matcher` is `matchers`.
  private static int commonBegin(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /// Levenshtein's distance: how many letters to insert, delete or replace; two neighbours that
  /// changed places count as one (the restricted form of Damerau).
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
