package dev.longshore.shared.command;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The words behind a command: options with a value, in a word of its own or behind `=`, flags, and
/// operands. What is not known is an error; behind `--` all words are operands.
public final class Arguments {
  private static final String CONFIG = "--config";
  private static final int MAX_PORT = 65_535;

  private final Map<String, String> values = new HashMap<>();
  private final Set<String> flags = new HashSet<>();
  private final List<String> operands = new ArrayList<>();

  /// The command line is wrong; the message says what and what would be accepted.
  public static final class Wrong extends Exception {
    public Wrong(String message) {
      super(message);
    }
  }

  /// @param valued options that take a value, with their dashes
  /// @param known flags, with their dashes
  /// @param mostOperands how many other words may stand there
  public Arguments(List<String> words, Set<String> valued, Set<String> known, int mostOperands)
      throws Wrong {
    boolean onlyOperands = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (onlyOperands) {
        operand(word, mostOperands, valued);
        continue;
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String option = equals < 0 ? word : word.substring(0, equals);
      if (valued.contains(option)) {
        String value =
            equals >= 0
                ? word.substring(equals + 1)
                : ++i < words.size() && !isOption(words.get(i), valued, known) ? words.get(i) : "";
        if (value.isEmpty()) {
          throw new Wrong("option " + option + " requires a value");
        }
        if (values.put(option, value) != null) {
          throw new Wrong("option " + option + " is given twice");
        }
      } else if (equals > 0 && known.contains(option)) {
        throw new Wrong("option " + option + " takes no value");
      } else if (known.contains(word)) {
        flags.add(word);
      } else if (word.equals("--")) {
        onlyOperands = true;
      } else if (word.startsWith("-") && !word.equals("-")) {
        Set<String> all = new TreeSet<>(valued);
        all.addAll(known);
        throw new Wrong(
            "unknown option '"
                + word
                + "'"
                + (all.isEmpty()
                    ? "; there are none here"
                    : "; expected one of: " + String.join(", ", all)));
      } else {
        operand(word, mostOperands, valued);
      }
    }
  }

  private static boolean isOption(String word, Set<String> valued, Set<String> known) {
    int equals = word.indexOf('=');
    String option = equals < 0 ? word : word.substring(0, equals);
    return valued.contains(option) || known.contains(option);
  }

  private void operand(String word, int most, Set<String> valued) throws Wrong {
    if (operands.size() < most) {
      operands.add(word);
      return;
    }
    boolean isFile = most == 0 && valued.contains(CONFIG) && !values.containsKey(CONFIG);
    throw new Wrong(
        "unexpected argument '"
            + word
            + "'"
            + (isFile ? "; a configuration is named by " + CONFIG + " " + word : ""));
  }

  /// The value of an option; null when it was not given.
  public @Nullable String value(String option) {
    return values.get(option);
  }

  public String value(String option, String otherwise) {
    return values.getOrDefault(option, otherwise);
  }

  /// Where a server is that answers over HTTP.
  ///
  /// @param schemes those that are accepted
  /// @throws Wrong when it is no such address
  public URI url(String option, String otherwise, Set<String> schemes) throws Wrong {
    String url = value(option, otherwise);
    try {
      URI parsed = URI.create(url);
      if (parsed.getUserInfo() != null) {
        throw new Wrong("a login does not belong into " + option + "; leave it out");
      }
      if (parsed.getHost() != null
          && parsed.getPort() <= MAX_PORT
          && schemes.contains(parsed.getScheme())) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      // Said below, for all ways to be wrong.
    }
    throw new Wrong(
        option
            + " "
            + url
            + " is not of the form "
            + String.join("://HOST:PORT or ", new TreeSet<>(schemes))
            + "://HOST:PORT");
  }

  public boolean has(String flag) {
    return flags.contains(flag);
  }

  /// The words that are no options, in their order.
  public List<String> operands() {
    return operands;
  }
}
