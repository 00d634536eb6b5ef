package dev.longshore.agent.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The words behind a command: options with a value, flags, and operands. What is not known is an
/// error.
final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> flags = new HashSet<>();
  private final List<String> operands = new ArrayList<>();

  /// The command line is wrong; the message says what and what would be accepted.
  static final class Wrong extends Exception {
    Wrong(String message) {
      super(message);
    }
  }

  /// @param valued options that take a value, with their dashes
  /// @param known flags, with their dashes
  /// @param mostOperands how many other words may stand there
  Arguments(List<String> words, Set<String> valued, Set<String> known, int mostOperands)
      throws Wrong {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (valued.contains(word)) {
        if (++i == words.size()) {
          throw new Wrong("nothing stands behind " + word);
        }
        if (values.put(word, words.get(i)) != null) {
          throw new Wrong(word + " is given twice");
        }
      } else if (known.contains(word)) {
        flags.add(word);
      } else if (!word.startsWith("-") && operands.size() < mostOperands) {
        operands.add(word);
      } else {
        Set<String> all = new TreeSet<>(valued);
        all.addAll(known);
        throw new Wrong("what is '" + word + "'? There is " + String.join(", ", all));
      }
    }
  }

  @Nullable String value(String option) {
    return values.get(option);
  }

  String value(String option, String otherwise) {
    return values.getOrDefault(option, otherwise);
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  List<String> operands() {
    return operands;
  }
}
