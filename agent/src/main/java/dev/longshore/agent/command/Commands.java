package dev.longshore.agent.command;

import dev.longshore.agent.ops.Explain;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.Usage;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.runtime.BuildInfo;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
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

  private static final Set<String> COMMANDS =
      Set.of("check", "explain", "ledger", "filter", "top", "dead-letters", "migrate");

  private static final String TEXT =
      """
      usage: longshore agent --config FILE
             longshore agent --version
             longshore agent check --config FILE [--show] [--connect]
             longshore agent explain NAMESPACE/POD [--url URL] [--http.config.file FILE]
             longshore agent ledger [NAMESPACE/POD] [--url URL] [--http.config.file FILE] [--json]
             longshore agent filter --config FILE LINES [--lines] [--namespace NAME] [--container NAME]
                                    [--workload NAME] [--labels name=value,…]
             longshore agent top --config FILE [--since 1h] [--namespace NAME] [--data-stream NAME] [--sample N]
             longshore agent dead-letters list   --config FILE [FILTER]
             longshore agent dead-letters export --config FILE [FILTER] [--to FILE.ndjson]
             longshore agent dead-letters replay --config FILE [FILTER] [--dry-run]
             longshore agent migrate fluent-bit|filebeat|vector FILE [--output FILE]

      LINES is a file of recorded lines as the runtime wrote them (CRI); filter says what `filters` leaves out of
      them, and with --lines the fate of each.
      top asks Elasticsearch which workloads and which patterns of lines fill the index, by a random sample of N
      documents (10000) of the last hour or of --since, and prints for each pattern a rule of `filters` and what it
      would save. It needs a user who may read logs.
      URL is where a running agent's ops.listen is reached, by default http://127.0.0.1:9600.
      --http.config.file says who you are there, as amtool's does: basic_auth, authorization, tls_config.
      check lists all that is wrong with the configuration (--show: prints what is in force). With --connect
      it also tries, and changes nothing: Elasticsearch, login, privileges, index template, disk, log files.
      `longshore agent --check --config FILE` is `check --show`.

      migrate converts the configuration of another agent and names what has no counterpart.

      FILTER is any of
        --namespace NAME   of the pod
        --pod NAME         the pod's name, or how it begins
        --reason TEXT      occurs in the error's type or reason
        --since 2h         dead for at most so long; or an instant, 2026-11-23T06:00:00Z
        --limit N          at most N letters (list: 100 where it is not given)

      Exit codes: 0 success; 1 failure; 2 the command line or the configuration is wrong; 3 out of memory;
      70 a thread of the agent failed unexpectedly, and its last log line says which and why.
      """;

  private static final Usage USAGE = new Usage("longshore agent", TEXT);

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

  /// Whether a first word is a command, or meant to be one, and not an option of the agent itself.
  public static boolean has(String word) {
    return !word.startsWith("-") || Set.of("-h", "--help", "--version", "--check").contains(word);
  }

  /// Runs a command.
  ///
  /// @param words the command and its arguments
  /// @return the exit code
  public int run(List<String> words) throws InterruptedException {
    String command = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    if (COMMANDS.contains(command) && Usage.isAskedFor(rest)) {
      out.print(USAGE.of(command));
      return OK;
    }
    try {
      return switch (command) {
        case "check" -> new CheckCommand(environment, clock, out).run(rest);
        case "--check" -> new CheckCommand(environment, clock, out).run(shown(rest));
        case "explain" -> explain(rest);
        case "migrate" -> new MigrateCommand(out, err).run(rest);
        case "ledger" -> new LedgerCommand(clock, out).run(rest);
        case "filter" -> new FilterCommand(environment, out).run(rest);
        case "top" -> new TopCommand(environment, clock, out).run(rest);
        case "dead-letters" -> new DeadLettersCommand(environment, clock, out, err).run(rest);
        case "version", "--version" -> {
          out.println(BuildInfo.current().line("agent"));
          yield OK;
        }
        case "help", "-h", "--help" -> {
          out.print(rest.size() == 1 ? USAGE.of(rest.getFirst()) : USAGE.all());
          yield OK;
        }
        default -> {
          err.println("longshore agent: " + USAGE.unknown(command, COMMANDS));
          yield WRONG;
        }
      };
    } catch (Wrong e) {
      err.print(USAGE.of(command));
      err.println();
      err.println("longshore agent " + command + ": " + e.getMessage());
      return WRONG;
    } catch (ConfigException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return WRONG;
    } catch (IOException e) {
      err.println("longshore agent " + command + ": " + FailureText.of(e));
      return FAILED;
    }
  }

  private static List<String> shown(List<String> rest) {
    List<String> words = new ArrayList<>(rest);
    words.add("--show");
    return words;
  }

  private int explain(List<String> words) throws Wrong, IOException, InterruptedException {
    Arguments arguments = new Arguments(words, Set.of("--url", HttpConfigFile.OPTION), Set.of(), 1);
    if (arguments.operands().isEmpty()) {
      throw new Wrong("NAMESPACE/POD is required");
    }
    String pod = arguments.operands().getFirst();
    if (pod.indexOf('/') <= 0 || pod.endsWith("/")) {
      throw new Wrong("'" + pod + "' is not of the form NAMESPACE/POD");
    }
    return new Explain(
            url(arguments), HttpConfigFile.of(arguments.value(HttpConfigFile.OPTION)), out)
        .print(pod);
  }

  static URI url(Arguments arguments) throws Wrong {
    return arguments.url("--url", OPS, Set.of("http", "https"));
  }

  /// Says what is wrong with a command line, and what would be right.
  public int usage(String problem) {
    err.print(USAGE.of(""));
    err.println();
    err.println("longshore agent: " + problem);
    return WRONG;
  }
}
