package dev.longshore.shared.config;

import java.util.List;
import java.util.stream.Collectors;

/// All that is wrong with a configuration file; the message is one line for each problem.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// The problems in the order of their lines; never empty.
  public List<Problem> problems() {
    return problems;
  }
}
