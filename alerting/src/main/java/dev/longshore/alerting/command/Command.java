package dev.longshore.alerting.command;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments.Wrong;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/// A command beside running alerting that another module brings.
public interface Command {
  /// The word that names it.
  String name();

  /// Its entry of the usage's synopsis, without the program's name; later lines continue it.
  String synopsis();

  /// What it does, in lines of at most 90 characters.
  String purpose();

  /// Runs it.
  ///
  /// @param words its arguments
  /// @return the exit code
  /// @throws Wrong when the command line is wrong
  int run(List<String> words) throws Wrong, IOException, InterruptedException;

  /// Brings commands; found by [java.util.ServiceLoader].
  interface Provider {
    /// In the order in which they are listed.
    List<Command> commands(Context context);
  }

  /// What commands are run with.
  ///
  /// @param environment for `${NAME}` in the configuration
  /// @param out what was asked for
  /// @param err progress and problems
  record Context(Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
    public Context {
      environment = Map.copyOf(environment);
    }
  }
}
