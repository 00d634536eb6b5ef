package dev.longshore.alerting.rule;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.PatternSyntaxException;

/// The rule files that the configuration names, read again on each [#load], and the objects of the
/// cluster that hold rules. One thread at a time; it blocks on the disk.
///
/// What is broken keeps its last good version: see [LastGood]. A folder that can't be listed keeps
/// its files; a file or an object that is gone is gone on purpose.
public final class RuleFiles {
  /// How a warning about a pattern begins that matches none.
  public static final String NO_FILE = "matches no file";

  /// Read by who looks for changes, too.
  private volatile List<String> patterns;

  private final Path base;
  private final Clock clock;
  private final Supplier<RuleObjects> objects;
  private final LastGood lastGood = new LastGood();

  /// What each pattern matched when it was last listed.
  private final Map<String, Set<String>> files = new HashMap<>();

  /// @param patterns paths with `*`, `?` and `[a-z]`, none of which crosses a `/`
  /// @param base the folder that relative paths begin at
  public RuleFiles(List<String> patterns, Path base, Clock clock) {
    this(patterns, base, clock, () -> RuleObjects.NONE);
  }

  /// @param objects what is known of objects in the cluster; does not block
  public RuleFiles(List<String> patterns, Path base, Clock clock, Supplier<RuleObjects> objects) {
    this.patterns = List.copyOf(patterns);
    this.base = base;
    this.clock = clock;
    this.objects = objects;
  }

  /// Takes other patterns from the next [#load] on.
  public void patterns(List<String> others) {
    patterns = List.copyOf(others);
  }

  /// Reads all files, and takes the objects as they are known.
  public RuleSet load() {
    Map<String, Reading> next = new LinkedHashMap<>();
    List<RuleProblem> warnings = new ArrayList<>();
    for (String pattern : patterns) {
      TreeSet<Path> found = new TreeSet<>();
      try {
        PathPattern.find(base, pattern, found);
      } catch (IOException e) {
        keep(pattern, "can't be listed: " + FailureText.of(e), next);
        continue;
      } catch (PatternSyntaxException | InvalidPathException e) {
        keep(pattern, "is no pattern of a path: " + e.getMessage(), next);
        continue;
      }
      if (found.isEmpty()) {
        warnings.add(new RuleProblem(pattern, 0, "", 0, "", matchesNone(pattern)));
      }
      Set<String> names = new LinkedHashSet<>();
      for (Path file : found) {
        names.add(file.toString());
        next.computeIfAbsent(file.toString(), name -> RuleReader.read(name, file));
      }
      files.put(pattern, names);
    }
    RuleObjects known = objects.get();
    next.putAll(known.readings());
    RuleSet rules = lastGood.update(next, clock.now());
    warnings.addAll(rules.warnings());
    return new RuleSet(
        rules.groups(), rules.quarantined(), warnings, rules.removed(), known.unlisted());
  }

  private String matchesNone(String pattern) {
    return NO_FILE
        + (pattern.isEmpty() || !Files.isDirectory(base.resolve(pattern))
            ? ""
            : ": it is a folder; write " + pattern.replaceFirst("/+$", "") + "/*.yml");
  }

  /// Takes the files of a pattern as they were, with a problem.
  private void keep(String pattern, String problem, Map<String, Reading> next) {
    Reading failed = Reading.failed(List.of(new RuleProblem(pattern, 0, "", 0, "", problem)));
    Set<String> before = files.getOrDefault(pattern, Set.of());
    for (String name : before.isEmpty() ? Set.of(pattern) : before) {
      next.putIfAbsent(name, failed);
    }
  }

  /// The files that the patterns match now; a pattern that can't be listed has none.
  public Set<Path> matched() {
    TreeSet<Path> found = new TreeSet<>();
    for (String pattern : patterns) {
      try {
        PathPattern.find(base, pattern, found);
      } catch (IOException | PatternSyntaxException | InvalidPathException e) {
        // What is wrong with it is told by the next load.
      }
    }
    return found;
  }
}
