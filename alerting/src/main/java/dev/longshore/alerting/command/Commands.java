package dev.longshore.alerting.command;

import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.Usage;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.runtime.BuildInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/// Runs the command that the first word names: one of this package, or one that a module above this
/// one brings.
public final class Commands {
  public static final int OK = 0;

  /// Something went wrong, or is left undone.
  public static final int FAILED = 1;

  /// The command line or the configuration is wrong; nothing was done.
  public static final int WRONG = 2;

  private static final String API = "http://127.0.0.1:9093";

  private static final Set<String> OWN = Set.of("check", "explain", "drill", "fleet");

  private static final String SYNOPSIS =
      """
      usage: longshore alerting --config FILE
             longshore alerting --version
             longshore alerting check --config FILE [--show] [--offline]
             longshore alerting explain ALERT [--url URL] [--http.config.file FILE] [--json]
             longshore alerting drill RULE [--labels name=value,…] [--value N] [--for 2m] [--url URL]
                     [--http.config.file FILE]
             longshore alerting fleet [--url URL] [--http.config.file FILE] [--json]
      """;

  private static final String TERMS =
      """

      URL is where a running alerting's API is reached, with api.prefix, by default
      http://127.0.0.1:9093. --http.config.file says who you are there, as amtool's does: basic_auth,
      authorization, tls_config.
      TIME is how long ago (3d), or a time (2026-03-28T20:00:00Z).
      ALERT is an alert's name, matchers as amtool takes them ('severity="page",pod=~"web.*"'), or a
      fingerprint.

        check    says everything that is wrong with the file, the routing, templates, certificates and
                 rules (--show: the configuration in force, too); Prometheus, Elasticsearch and Slack are
                 asked about rules and tokens where they answer (--offline: nobody is asked)
        explain  each decision that was made about an alert, and when
        drill    sends a marked message on the real way of a rule's alerts
        fleet    what the agents say of their nodes: who is silent, behind, out of disk or refused, the
                 loudest workloads and the newest errors; exit code 1 when a node needs somebody
      """;

  private static final String EXIT_CODES =
      """

      Exit codes: 0 all is well, 1 something failed or is left undone, 2 the command line or a file is
      wrong.
      """;

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, Command> others = new LinkedHashMap<>();
  private final Set<String> names = new TreeSet<>(OWN);
  private final Usage usage;

  /// @param environment for `${NAME}` in the configuration
  /// @param out what was asked for
  /// @param err progress and problems
  public Commands(Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
    this.err = err;
    Command.Context context = new Command.Context(environment, clock, out, err);
    for (Command.Provider provider : ServiceLoader.load(Command.Provider.class)) {
      provider.commands(context).forEach(it -> others.put(it.name(), it));
    }
    names.addAll(others.keySet());
    this.usage = new Usage("longshore alerting", text(others.values()));
  }

  private static String text(Collection<Command> others) {
    StringBuilder text = new StringBuilder(SYNOPSIS);
    for (Command it : others) {
      text.append("       longshore alerting ")
          .append(it.synopsis().replace("\n", "\n" + " ".repeat(15)))
          .append('\n');
    }
    text.append(TERMS);
    for (Command it : others) {
      text.append(
          "  %-8s %s%n".formatted(it.name(), it.purpose().replace("\n", "\n" + " ".repeat(11))));
    }
    return text.append(EXIT_CODES).toString();
  }

  /// Whether a first word is a command, or meant to be one, and not an option of alerting itself.
  public static boolean has(String word) {
    return !word.startsWith("-") || Set.of("-h", "--help", "--version").contains(word);
  }

  /// Runs a command.
  ///
  /// @param words the command and its arguments
  /// @return the exit code
  public int run(List<String> words) throws InterruptedException {
    String command = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    if (names.contains(command) && Usage.isAskedFor(rest)) {
      out.print(usage.of(command));
      return OK;
    }
    try {
      return switch (command) {
        case "check" -> new CheckCommand(environment, clock, out, err).run(rest);
        case "explain" -> new ExplainCommand(out).run(rest);
        case "drill" -> new DrillCommand(out).run(rest);
        case "fleet" -> new FleetCommand(clock, out).run(rest);
        case "version", "--version" -> {
          out.println(BuildInfo.current().line("alerting"));
          yield OK;
        }
        case "help", "-h", "--help" -> {
          out.print(rest.size() == 1 ? usage.of(rest.getFirst()) : usage.all());
          yield OK;
        }
        default -> {
          Command other = others.get(command);
          if (other != null) {
            yield other.run(rest);
          }
          err.println("longshore alerting: " + usage.unknown(command, names));
          yield WRONG;
        }
      };
    } catch (Wrong e) {
      err.print(usage.of(command));
      err.println();
      err.println("longshore alerting " + command + ": " + e.getMessage());
      return WRONG;
    } catch (ConfigException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return WRONG;
    } catch (IOException e) {
      err.println("longshore alerting " + command + ": " + FailureText.of(e));
      return FAILED;
    }
  }

  /// What is wrong with the certificates and keys that a configuration names.
  public static List<String> certificates(AlertingConfig config, Clock clock) {
    return CheckCommand.certificates(config, clock);
  }

  static URI url(Arguments arguments) throws Wrong {
    return arguments.url("--url", API, Set.of("http", "https"));
  }

  /// Says what is wrong with a command line, and what would be right.
  public int usage(String problem) {
    err.print(usage.of(""));
    err.println();
    err.println("longshore alerting: " + problem);
    return WRONG;
  }
}
