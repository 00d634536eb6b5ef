package dev.longshore.agent.command;

import dev.longshore.agent.ops.Explain;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.runtime.BuildInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs the command that the first word names.
public final class Commands {
  public static final int OK = 0;

  /// Something went wrong, or is left undone.
  public static final int FAILED = 1;

  /// The command line or the configuration is wrong; nothing was done.
  public static final int WRONG = 2;

  static final String OPS = "http://127.0.0.1:9600";

  private static final String USAGE =
      """
      usage: longshore agent --config FILE
             longshore agent --check --config FILE
             longshore agent --version
             longshore agent explain NAMESPACE/POD [--url URL]
             longshore agent ledger [NAMESPACE/POD] [--url URL] [--json]
             longshore agent filter --config FILE LINES [--lines] [--namespace NAME] [--container NAME]
                                    [--workload NAME] [--labels name=value,…]
             longshore agent dead-letters list   --config FILE [FILTER]
             longshore agent dead-letters export --config FILE [FILTER] [--to FILE.ndjson]
             longshore agent dead-letters replay --config FILE [FILTER] [--dry-run]

      LINES is a file of recorded lines as the runtime wrote them (CRI); filter says what `filters` leaves out of
      them, and with --lines the fate of each.
      URL is where a running agent's ops.listen is reached, by default http://127.0.0.1:9600.
      FILTER is any of
        --namespace NAME   of the pod
        --pod NAME         the pod's name, or how it begins
        --reason TEXT      occurs in the error's type or reason
        --since 2h         dead for at most so long; or an instant, 2026-11-23T06:00:00Z
        --limit N          at most N letters (list: 100 where it is not given)

      Exit codes: 0 success; 1 failure; 2 the command line or the configuration is wrong; 3 out of memory;
      70 a thread of the agent failed unexpectedly, and its last log line says which and why.
      """;

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  /// @param environment for `${NAME}` in the configuration
  /// @param out what was asked for
  /// @param err progress and problems
  public Commands(Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  /// Whether a first word is a command, and not an option of the agent itself.
  public static boolean has(String word) {
    return Set.of(
            "explain", "ledger", "filter", "dead-letters", "help", "-h", "--help", "--version")
        .contains(word);
  }

  /// Runs a command.
  ///
  /// @param words the command and its arguments
  /// @return the exit code
  public int run(List<String> words) throws InterruptedException {
    String command = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    try {
      return switch (command) {
        case "explain" -> explain(rest);
        case "ledger" -> new LedgerCommand(clock, out).run(rest);
        case "filter" -> new FilterCommand(environment, out).run(rest);
        case "dead-letters" -> new DeadLettersCommand(environment, clock, out, err).run(rest);
        case "--version" -> {
          out.println(BuildInfo.current().line("agent"));
          yield OK;
        }
        default -> {
          out.print(USAGE);
          yield OK;
        }
      };
    } catch (Wrong e) {
      return usage(command + ": " + e.getMessage());
    } catch (ConfigException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return WRONG;
    } catch (IOException e) {
      err.println("longshore agent " + command + ": " + e.getMessage());
      return FAILED;
    }
  }

  private int explain(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments = new Arguments(words, Set.of("--url"), Set.of(), 1);
    if (arguments.operands().isEmpty()) {
      throw new Wrong("NAMESPACE/POD is required");
    }
    return new Explain(url(arguments), out).print(arguments.operands().getFirst());
  }

  static URI url(Arguments arguments) throws Wrong {
    return arguments.url("--url", OPS, Set.of("http"));
  }

  /// Says what is wrong with a command line, and what would be right.
  public int usage(String problem) {
    err.print(USAGE);
    err.println();
    err.println("longshore agent: " + problem);
    return WRONG;
  }
}
