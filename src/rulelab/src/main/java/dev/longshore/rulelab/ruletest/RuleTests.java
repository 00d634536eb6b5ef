package dev.longshore.rulelab.ruletest;

import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.rulelab.ruletest.TestFile.RuleTest;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Runs test files.
public final class RuleTests {

  /// What came of a test.
  ///
  /// @param findings what was not as expected; none when it passed
  public record Result(String name, List<String> findings) {
    public Result {
      findings = List.copyOf(findings);
    }

    public boolean passed() {
      return findings.isEmpty();
    }
  }

  private final Clock clock;

  /// @param clock for templates that are parsed; tests have clocks of their own
  public RuleTests(Clock clock) {
    this.clock = clock;
  }

  /// Runs all tests of a file.
  ///
  /// @throws dev.longshore.shared.config.ConfigException when the file is broken, with all problems
  /// @throws BrokenException when a rule or the routing is
  /// @throws IOException when there is no place for the tests' state
  public List<Result> run(Path path) throws BrokenException, IOException {
    TestFile file = TestFileReader.read(path);
    RuleSet rules = new RuleFiles(file.ruleFiles(), file.folder(), clock).load();
    List<String> problems = new ArrayList<>();
    rules
        .quarantined()
        .forEach(broken -> broken.problems().forEach(it -> problems.add(it.toString())));
    rules.warnings().stream()
        .filter(it -> it.message().startsWith(RuleFiles.NO_FILE))
        .forEach(it -> problems.add(it.toString()));
    if (!problems.isEmpty()) {
      throw new BrokenException(String.join("\n", problems));
    }
    RoutingFiles.Routing routing = new RoutingFiles(file.routing(), file.onCall(), clock).read();
    List<Result> results = new ArrayList<>();
    for (RuleTest test : file.tests()) {
      Path dir = Files.createTempDirectory("longshore-test");
      try {
        results.add(
            new Result(
                test.name(),
                RuleTestRun.run(test, file.evaluationInterval(), rules, routing, dir)));
      } catch (TemplateException e) {
        throw new BrokenException(String.valueOf(e.getMessage()));
      } finally {
        delete(dir);
      }
    }
    return results;
  }

  /// Deletes a folder with all that is in it.
  static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
