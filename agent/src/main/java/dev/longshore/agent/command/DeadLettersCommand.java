package dev.longshore.agent.command;

import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DeadLetterDocument;
import dev.longshore.agent.deadletter.DeadLetterFilter;
import dev.longshore.agent.deadletter.DeadLetterStore.Stored;
import dev.longshore.agent.deadletter.DeadLetters;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.units.Durations;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `longshore agent dead-letters list|export|replay`: shows dead letters, writes them to a file, or
/// sends them again.
final class DeadLettersCommand {
  private static final long LISTED = 100;
  private static final int REASON_CHARACTERS = 200;
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);

  private static final Set<String> OPTIONS =
      Set.of("--config", "--namespace", "--pod", "--reason", "--since", "--limit");

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;
  private final Duration stillRunning;

  DeadLettersCommand(
      Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
    this(environment, clock, out, err, InDoubtResolver.STILL_RUNNING);
  }

  DeadLettersCommand(
      Map<String, String> environment,
      Clock clock,
      PrintStream out,
      PrintStream err,
      Duration stillRunning) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
    this.err = err;
    this.stillRunning = stillRunning;
  }

  int run(List<String> words) throws Wrong, IOException {
    if (words.isEmpty()) {
      throw new Wrong("expected one of: export, list, replay");
    }
    List<String> rest = words.subList(1, words.size());
    return switch (words.getFirst()) {
      case "list" -> list(arguments(rest, null, null));
      case "export" -> export(arguments(rest, "--to", null));
      case "replay" -> replay(arguments(rest, null, "--dry-run"));
      default ->
          throw new Wrong(
              "unknown command '" + words.getFirst() + "'; expected one of: export, list, replay");
    };
  }

  private static Arguments arguments(
      List<String> words, @Nullable String option, @Nullable String flag) throws Wrong {
    Set<String> valued = new java.util.HashSet<>(OPTIONS);
    if (option != null) {
      valued.add(option);
    }
    return new Arguments(words, valued, flag == null ? Set.of() : Set.of(flag), 0);
  }

  /// Does something with the letters that a configuration leads to.
  @FunctionalInterface
  private interface Work {
    int on(DeadLetters letters) throws Wrong, IOException;
  }

  private int with(Arguments arguments, Work work) throws Wrong, IOException {
    String file = arguments.value("--config");
    if (file == null) {
      throw new Wrong(
          "option --config is required; it says where Elasticsearch and the letters on disk are");
    }
    AgentConfig config = AgentConfig.load(Path.of(file), environment);
    Path dir = config.buffer().dir();
    DiskStore disk =
        new DiskStore(DiskStore.folderIn(dir), DiskStore.share(config.buffer().maxSize()));
    try (Elastic elastic = new Elastic(config.elastic(), clock)) {
      return work.on(
          DeadLetters.of(
              elastic,
              config.ship()::ownsTemplateOf,
              stream -> config.ship().indexTemplate(elastic, stream).install(),
              disk,
              stillRunning,
              clock));
    }
  }

  private DeadLetterFilter filter(Arguments arguments) throws Wrong {
    return new DeadLetterFilter(
        arguments.value("--namespace", ""),
        arguments.value("--pod", ""),
        arguments.value("--reason", ""),
        since(arguments.value("--since")));
  }

  private Instant since(@Nullable String text) throws Wrong {
    if (text == null) {
      return Instant.EPOCH;
    }
    try {
      return text.contains("T") ? Instant.parse(text) : clock.now().minus(Durations.parse(text));
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw new Wrong(
          "--since "
              + text
              + " is neither a duration, as 90m or 2h, nor an instant, as "
              + "2026-11-23T06:00:00Z");
    }
  }

  private static long limit(Arguments arguments, long otherwise) throws Wrong {
    String text = arguments.value("--limit");
    if (text == null) {
      return otherwise;
    }
    try {
      long limit = Long.parseLong(text);
      if (limit > 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Wrong("--limit " + text + " is not a number above 0");
  }

  private int list(Arguments arguments) throws Wrong, IOException {
    DeadLetterFilter filter = filter(arguments);
    long limit = limit(arguments, LISTED);
    return with(
        arguments,
        letters -> {
          Map<String, Long> byType = new TreeMap<>();
          long[] count = {0};
          // One more than is shown says that there are more.
          List<String> problems =
              letters.each(
                  filter,
                  limit == Long.MAX_VALUE ? limit : limit + 1,
                  (stored, place) -> {
                    if (++count[0] <= limit) {
                      print(stored, place);
                      byType.merge(type(stored.letter()), 1L, Long::sum);
                    }
                  });
          byType.forEach((type, n) -> out.printf("%,8d  %s%n", n, type));
          out.println(
              count[0] > limit
                  ? "There are more than these " + limit + "; --limit N shows more."
                  : found(count[0], problems) + ".");
          return say(problems);
        });
  }

  private static String type(DeadLetter letter) {
    return letter.type().isEmpty() ? "without a type" : letter.type();
  }

  private static String letters(long count) {
    return count == 1 ? "1 dead letter" : String.format("%,d dead letters", count);
  }

  /// How many there are, as far as that is known.
  private static String found(long count, List<String> problems) {
    return letters(count) + (problems.isEmpty() ? "" : " (not every place could be looked at)");
  }

  private void print(Stored stored, String place) {
    DeadLetter letter = stored.letter();
    out.printf(
        "%s  %s  %s%n",
        Instant.ofEpochMilli(letter.epochMillis()), letter.container(), letter.id());
    out.printf(
        "    refused by %s with %d %s%s; %d bytes; lies in: %s%n",
        letter.destination(),
        letter.status(),
        type(letter),
        letter.attempts() == 0 ? "" : ", replayed " + letter.attempts() + " times",
        letter.original().length,
        place);
    out.printf("    %s%n", oneLine(letter.reason()));
  }

  /// What Elasticsearch says may quote a log line, and a log line may hold anything.
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(REASON_CHARACTERS)
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line + (text.length() > REASON_CHARACTERS ? "…" : "");
  }

  private int export(Arguments arguments) throws Wrong, IOException {
    DeadLetterFilter filter = filter(arguments);
    long limit = limit(arguments, Long.MAX_VALUE);
    String to = arguments.value("--to");
    return with(
        arguments,
        letters -> {
          if (to == null) {
            return export(letters, filter, limit, out);
          }
          try (OutputStream file = created(Path.of(to))) {
            return export(letters, filter, limit, file);
          }
        });
  }

  private static OutputStream created(Path file) throws IOException {
    try {
      return new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
    } catch (IOException e) {
      throw new IOException(FailureText.ofNew(file, e), e);
    }
  }

  private int export(DeadLetters letters, DeadLetterFilter filter, long limit, OutputStream to)
      throws IOException {
    DeadLetterDocument document = new DeadLetterDocument();
    long[] count = {0};
    List<String> problems =
        letters.each(
            filter,
            limit,
            (stored, _) -> {
              to.write(document.json(stored.letter()));
              to.write('\n');
              count[0]++;
            });
    to.flush();
    err.println(found(count[0], problems) + " exported.");
    return say(problems);
  }

  private int replay(Arguments arguments) throws Wrong, IOException {
    DeadLetterFilter filter = filter(arguments);
    long limit = limit(arguments, Long.MAX_VALUE);
    return with(
        arguments,
        letters ->
            arguments.has("--dry-run")
                ? dryRun(letters, filter, limit)
                : replay(letters, filter, limit));
  }

  private int dryRun(DeadLetters letters, DeadLetterFilter filter, long limit) throws IOException {
    Map<String, Long> byDestination = new TreeMap<>();
    List<String> problems =
        letters.each(
            filter,
            limit,
            (stored, place) ->
                byDestination.merge(
                    stored.letter().destination() + "  (from " + place + ")", 1L, Long::sum));
    byDestination.forEach((destination, n) -> out.printf("%,8d  %s%n", n, destination));
    long all = byDestination.values().stream().mapToLong(Long::longValue).sum();
    out.println(found(all, problems) + " would be sent again; nothing was.");
    return say(problems);
  }

  private int replay(DeadLetters letters, DeadLetterFilter filter, long limit) {
    err.println(
        "Sending again. After a rollover this waits up to "
            + Durations.format(stillRunning)
            + " first, until no earlier request can still be running.");
    long[] saidNanos = {clock.nanoTime()};
    DeadLetters.Summary summary =
        letters.replay(
            filter,
            limit,
            soFar -> {
              if (clock.nanoTime() - saidNanos[0] >= PROGRESS_INTERVAL.toNanos()) {
                saidNanos[0] = clock.nanoTime();
                err.println(text(soFar));
              }
            });
    out.println(text(summary));
    int code = say(summary.problems());
    return summary.complete() ? code : Commands.FAILED;
  }

  private static String text(DeadLetters.Summary summary) {
    String text =
        String.format(
            "%s: %,d indexed, %,d already there, %,d refused again",
            found(summary.letters(), summary.problems()),
            summary.indexed(),
            summary.alreadyThere(),
            summary.refusedAgain());
    return summary.unsendable() == 0
        ? text
        : text + String.format(", %,d without a document", summary.unsendable());
  }

  private int say(List<String> problems) {
    for (String problem : problems) {
      err.println("longshore agent dead-letters: " + problem);
    }
    return problems.isEmpty() ? Commands.OK : Commands.FAILED;
  }
}
