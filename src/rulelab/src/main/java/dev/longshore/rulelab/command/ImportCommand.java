package dev.longshore.rulelab.command;

import dev.longshore.alerting.command.Command;
import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.rule.Reading;
import dev.longshore.alerting.rule.RuleReader;
import dev.longshore.rulelab.elastalert.ElastAlertRule;
import dev.longshore.rulelab.elastalert.Imported;
import dev.longshore.rulelab.oncall.ApiAnswer;
import dev.longshore.rulelab.oncall.GrafanaOnCallImport;
import dev.longshore.rulelab.oncall.ImportedOnCall;
import dev.longshore.rulelab.oncall.OpsgenieImport;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `longshore alerting import elastalert FILE…`: ElastAlert's rules as a rule file of ours, and on
/// the other output what was not converted. `import opsgenie|grafana-oncall FILE…`: schedules and
/// escalations as an on-call file. Exit code 1 when something was not, 2 when the command line is
/// wrong.
final class ImportCommand implements Command {
  private static final int MOST_FILES = 10_000;

  private static final Set<String> FORMATS = Set.of("elastalert", "opsgenie", "grafana-oncall");

  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  ImportCommand(Context context) {
    this.clock = context.clock();
    this.out = context.out();
    this.err = context.err();
  }

  @Override
  public String name() {
    return "import";
  }

  @Override
  public String synopsis() {
    return "import elastalert|opsgenie|grafana-oncall FILE… [--output FILE]";
  }

  @Override
  public String purpose() {
    return "prints ElastAlert 2's rules as a rule file, or what the APIs of Opsgenie or Grafana OnCall\n"
        + "answer of schedules and escalations as an on-call file; says what has no counterpart";
  }

  @Override
  public int run(List<String> words) throws Wrong, IOException {
    String format = words.isEmpty() ? "" : words.getFirst();
    if (!FORMATS.contains(format)) {
      throw new Wrong(
          (words.isEmpty() ? "no format" : "unknown format '" + format + "'")
              + "; expected: import elastalert FILE…, import opsgenie FILE… or import"
              + " grafana-oncall FILE…");
    }
    Arguments arguments =
        new Arguments(words.subList(1, words.size()), Set.of("--output"), Set.of(), MOST_FILES);
    if (arguments.operands().isEmpty()) {
      throw new Wrong(
          format.equals("elastalert")
              ? "no file; give rule files of ElastAlert"
              : "no file; give what its API answers, as JSON");
    }
    return format.equals("elastalert") ? rules(arguments) : onCall(format, arguments);
  }

  private int onCall(String format, Arguments arguments) throws IOException {
    List<ApiAnswer> answers = new ArrayList<>();
    for (String file : arguments.operands()) {
      answers.add(new ApiAnswer(file, asked(Path.of(file))));
    }
    ImportedOnCall imported =
        format.equals("opsgenie")
            ? OpsgenieImport.convert(answers, clock.now())
            : GrafanaOnCallImport.convert(answers, clock.now());
    imported.notes().forEach(err::println);
    if (imported.file().isEmpty()) {
      err.println("nothing to convert: no schedules and no escalations in these files");
      return Commands.FAILED;
    }
    write(imported.file(), arguments.value("--output", ""));
    return imported.left() == 0 ? Commands.OK : Commands.FAILED;
  }

  private int rules(Arguments arguments) throws IOException {
    List<Imported> converted = new ArrayList<>();
    Set<String> groups = new HashSet<>();
    for (String file : arguments.operands()) {
      Imported imported = imported(file, groups);
      imported.notes().stream()
          .sorted(Comparator.comparingInt(Imported.Note::line))
          .forEach(
              it ->
                  err.println(
                      file
                          + ":"
                          + it.line()
                          + ": "
                          + (imported.isConverted() ? "" : "not converted: ")
                          + it.text()));
      if (imported.isConverted()) {
        converted.add(imported);
      }
    }
    if (!converted.isEmpty()) {
      write(Imported.file(converted), arguments.value("--output", ""));
    }
    int asked = arguments.operands().size();
    err.printf("%d of %d rules converted%n", converted.size(), asked);
    return converted.size() == asked ? Commands.OK : Commands.FAILED;
  }

  /// @param groups names that are taken
  private static Imported imported(String file, Set<String> groups) {
    String text = asked(Path.of(file));
    String name = String.valueOf(Path.of(file).getFileName()).replaceFirst("\\.ya?ml$", "");
    String group = groups.contains(name) ? file : name;
    Path folder = Path.of(file).toAbsolutePath().resolveSibling("");
    Imported imported = ElastAlertRule.convert(group, text, it -> text(folder.resolve(it)));
    if (!imported.isConverted()) {
      return imported;
    }
    // What ElastAlert accepts may be more than a rule file does: a window of a month, for example.
    Reading reading = RuleReader.readText(file, imported.rules());
    if (!reading.allProblems().isEmpty()) {
      List<Imported.Note> why = new ArrayList<>();
      reading.allProblems().forEach(it -> why.add(new Imported.Note(1, it.message())));
      return new Imported("", why);
    }
    groups.add(group);
    return imported;
  }

  /// @throws IllegalArgumentException when it can't be read: another file was meant
  private static String asked(Path file) {
    try {
      return text(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException(file + " can't be read: " + FailureText.of(e), e);
    }
  }

  private void write(String rules, String to) throws IOException {
    if (to.isEmpty()) {
      out.print(rules);
      out.flush();
      return;
    }
    try {
      Files.writeString(Path.of(to), rules, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new IOException(FailureText.ofNew(Path.of(to), e), e);
    }
  }
}
