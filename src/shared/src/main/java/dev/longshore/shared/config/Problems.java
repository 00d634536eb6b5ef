package dev.longshore.shared.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with one file. One thread.
final class Problems {

  /// What stands for a secret's value.
  static final String HIDDEN = "***";

  private static final int SHOWN_CHARACTERS = 80;
  private static final Pattern USER_IN_URL = Pattern.compile("//[^/@]*@");

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(int line, String path, @Nullable String value, String message) {
    found.add(new Problem(file, line, path, value == null ? null : shown(value), message));
  }

  /// The text as it may stand in a message: on one line, of bounded length, no password of a URL.
  private static String shown(String value) {
    String text = USER_IN_URL.matcher(value).replaceAll("//" + HIDDEN + "@");
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN_CHARACTERS; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return text.length() > SHOWN_CHARACTERS ? shown + "…" : shown.toString();
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /// All of them, in the order of their lines.
  ConfigException toException() {
    found.sort(Comparator.comparingInt(Problem::line));
    return new ConfigException(found);
  }
}
