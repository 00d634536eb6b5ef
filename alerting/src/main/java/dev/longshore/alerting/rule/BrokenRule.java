package dev.longshore.alerting.rule;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file, group or rule whose present version is broken, and what runs in its place.
///
/// @param problems never empty
/// @param since when it was first found broken
/// @param running where the version that runs was written, null when nothing runs. The file has
///   changed since: the line is that of the version that runs
public record BrokenRule(
    RuleId id, List<RuleProblem> problems, Instant since, @Nullable RuleLocation running) {
  public BrokenRule {
    problems = List.copyOf(problems);
  }

  /// `node.yml:12: …; its version from before 2026-03-01T14:05:09Z runs on`.
  @Override
  public String toString() {
    return problems.getFirst()
        + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "")
        + (running == null
            ? "; it has no good version and does not run"
            : "; its version from before " + since + " runs on");
  }
}
