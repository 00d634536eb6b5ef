package dev.longshore.shared.command;

import dev.longshore.shared.config.NearestKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The usage text of a program: a synopsis, one entry for each command, then what holds for all of
/// them.
///
/// An entry of the synopsis begins with the program's name; lines that do not continue the one
/// before. The synopsis ends with the first empty line.
public final class Usage {
  private static final String BEGIN = "usage: ";

  private final String program;
  private final String text;
  private final List<String> entries = new ArrayList<>();

  /// @param program its name, such as `longshore agent`
  /// @param text begins with `usage: ` and the program
  public Usage(String program, String text) {
    this.program = program;
    this.text = text;
    for (String line : text.substring(0, text.indexOf("\n\n") + 1).lines().toList()) {
      String entry = line.startsWith(BEGIN) ? line.substring(BEGIN.length()) : line.strip();
      if (entry.startsWith(program)) {
        entries.add(entry);
      } else {
        int last = entries.size() - 1;
        entries.set(last, entries.get(last) + "\n" + " ".repeat(2 * BEGIN.length()) + entry);
      }
    }
  }

  /// All of it.
  public String all() {
    return text;
  }

  /// The entries of one command; all entries for a word that is no command.
  public String of(String command) {
    List<String> its =
        entries.stream()
            .filter(it -> (it + " ").startsWith(program + " " + command + " "))
            .toList();
    return BEGIN
        + String.join("\n" + " ".repeat(BEGIN.length()), its.isEmpty() ? entries : its)
        + "\n";
  }

  /// What to say of a word that is no command.
  public String unknown(String word, Set<String> commands) {
    String nearest = NearestKey.of(word, commands);
    return "unknown command '"
        + word
        + "'; "
        + (nearest == null
            ? "expected one of: " + String.join(", ", commands.stream().sorted().toList())
            : "did you mean '" + nearest + "'?");
  }

  /// Whether the arguments of a command ask for help in place of anything else.
  public static boolean isAskedFor(List<String> arguments) {
    return arguments.contains("--help") || arguments.contains("-h");
  }
}
