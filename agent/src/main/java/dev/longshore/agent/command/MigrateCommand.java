package dev.longshore.agent.command;

import dev.longshore.agent.migrate.Migration;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// `longshore agent migrate fluent-bit|filebeat|vector FILE`: prints the configuration of another
/// agent as one of ours, and names on stderr, by line, what has no counterpart. Exit code 1 when
/// something has none.
final class MigrateCommand {
  private final PrintStream out;
  private final PrintStream err;

  MigrateCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  int run(List<String> words) throws Wrong, IOException {
    Arguments arguments = new Arguments(words, Set.of("--output"), Set.of(), 2);
    if (arguments.operands().size() != 2) {
      throw new Wrong("fluent-bit, filebeat or vector is required, and its FILE");
    }
    String from = arguments.operands().getFirst();
    if (!Migration.AGENTS.contains(from)) {
      throw new Wrong(
          "unknown agent '" + from + "'; expected one of: " + String.join(", ", Migration.AGENTS));
    }
    String file = arguments.operands().getLast();
    String text = text(Path.of(file));
    if (text.isBlank()) {
      throw new IllegalArgumentException(file + ": the file is empty");
    }
    Migration migration = migration(from, file, text);
    String output = arguments.value("--output");
    if (output == null) {
      out.print(migration.yaml());
      out.flush();
    } else {
      write(migration.yaml(), Path.of(output));
    }
    migration.notes().forEach(it -> err.println(file + ":" + it.line() + ": " + it.text()));
    return migration.notes().isEmpty() ? Commands.OK : Commands.FAILED;
  }

  private static Migration migration(String from, String file, String text) {
    try {
      return Migration.of(from, text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /// @throws IllegalArgumentException when it can't be read: another file was meant
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8", e);
    } catch (IOException e) {
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(file + " is a directory; name a file", e);
      }
      throw new IllegalArgumentException(FailureText.of(e), e);
    }
  }

  private static void write(String yaml, Path to) throws IOException {
    try {
      Files.writeString(to, yaml, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new IOException(FailureText.ofNew(to, e), e);
    }
  }
}
