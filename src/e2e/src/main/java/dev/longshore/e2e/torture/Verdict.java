package dev.longshore.e2e.torture;

import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.shared.elastic.Search;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares what was written with what Elasticsearch holds, line by line.
final class Verdict {
  private static final Pattern TOKEN = Pattern.compile("tok(\\d+)_");

  private final Map<String, Found> byContainer = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Integer> tally = new TreeMap<>();
  private final List<Long> clockJumps;
  private final Set<String> tornRecords = new TreeSet<>();
  private long documents;
  private long unreadBytes;
  private final Map<String, Long> unreadByContainer = new TreeMap<>();

  /// What was found of a container's lines.
  private static final class Found {
    final TorturedContainer container;
    final BitSet lines = new BitSet();
    final BitSet letters = new BitSet();

    Found(TorturedContainer container) {
      this.container = container;
    }
  }

  /// Something is not as it should be.
  ///
  /// @param what in one word or two
  /// @param line its number; -1 when it is about none
  /// @param details index and id of a document, or what was expected
  record Finding(String what, @Nullable TorturedContainer container, int line, String details) {}

  /// @param clockJumps when the clock was set, in milliseconds of the run
  Verdict(List<TorturedContainer> containers, List<Long> clockJumps) {
    this.clockJumps = List.copyOf(clockJumps);
    for (TorturedContainer container : containers) {
      byContainer.put(container.place().key(), new Found(container));
    }
  }

  /// Reads all documents.
  ///
  /// @param logs pattern of the data streams that hold lines
  /// @param deadLetters pattern of those that hold what was refused
  void read(Search search, String logs, String deadLetters) throws IOException {
    documents =
        search.each(
            Search.Query.all(
                logs,
                "*",
                "message",
                "json",
                "error.stack_trace",
                "log.offset",
                "kubernetes.pod.name",
                "kubernetes.container.name"),
            hit -> {
              document(hit);
              return true;
            });
    search.each(
        Search.Query.all(deadLetters, "*"),
        hit -> {
          letter(hit);
          return true;
        });
    judge();
  }

  private void found(String what, @Nullable TorturedContainer container, int line, String details) {
    tally.merge(what, 1, Integer::sum);
    if (tally.getOrDefault(what, 0) <= 20) {
      findings.add(new Finding(what, container, line, details));
    }
  }

  private @Nullable Found of(Search.Hit hit) {
    return byContainer.get(
        hit.text("kubernetes", "pod", "name") + "/" + hit.text("kubernetes", "container", "name"));
  }

  private static String name(Search.Hit hit) {
    return hit.index() + " " + hit.id();
  }

  private void document(Search.Hit hit) {
    Found found = of(hit);
    Set<Integer> lines = new TreeSet<>();
    tokens(hit.text("message"), lines);
    if (lines.isEmpty()) {
      tokens(hit.source().toString(), lines);
    }
    if (found == null || lines.isEmpty()) {
      found("unknown", null, -1, name(hit));
      return;
    }
    LineBook book = found.container.book();
    for (int line : lines) {
      if (line >= book.lines()) {
        found("unknown", found.container, -1, name(hit) + " has line " + line);
        return;
      }
      if (found.lines.get(line)) {
        found("doubled", found.container, line, name(hit));
      }
      found.lines.set(line);
    }
    int first = lines.iterator().next();
    place(hit, found.container, first);
    for (int line : lines) {
      if (book.record(line) != book.record(first)) {
        found("glued", found.container, line, name(hit) + " holds lines " + lines);
        return;
      }
    }
    int[] record = book.linesOfRecordOf(first);
    if (lines.size() != record.length) {
      if (mayBeTorn(book, record)) {
        tornRecords.add(found.container.place().key() + " " + book.record(first));
      } else {
        found("torn", found.container, first, name(hit) + " holds lines " + lines);
      }
    }
  }

  /// A record that lies in two files, over which the clock was set, or whose writer paused for
  /// longer than a group stays open, may be told in parts.
  private boolean mayBeTorn(LineBook book, int[] record) {
    int first = record[0];
    int last = record[record.length - 1];
    return book.generation(first) != book.generation(last)
        || book.longestPauseMillis(record) >= FrameConfig.DEFAULT_GROUP_TIMEOUT.toMillis()
        || clockJumps.stream()
            .anyMatch(at -> at >= book.atMillis(first) - 100 && at <= book.atMillis(last) + 100);
  }

  /// Sorting by offset within a generation restores the order in which lines were written.
  private void place(Search.Hit hit, TorturedContainer container, int line) {
    LineBook book = container.book();
    Number offset = hit.number("log", "offset");
    Generation generation = container.generations().get(book.generation(line));
    String id = generation.id;
    if (offset == null
        || offset.longValue() != book.offset(line)
        || id == null
        || !hit.id().startsWith(id)) {
      found(
          "misplaced",
          container,
          line,
          "%s has offset %s, not %d of generation %s"
              .formatted(name(hit), offset, book.offset(line), id));
    }
  }

  private void letter(Search.Hit hit) {
    Found found = of(hit);
    Set<Integer> lines = new TreeSet<>();
    tokens(hit.text("message"), lines);
    if (lines.isEmpty()) {
      tokens(hit.source().toString(), lines);
    }
    if (found == null || lines.isEmpty()) {
      found("unknown dead letter", null, -1, name(hit));
      return;
    }
    for (int line : lines) {
      if (line >= found.container.book().lines() || !found.container.book().isPoison(line)) {
        found("wrong dead letter", found.container, line, name(hit) + " " + reason(hit));
      } else if (found.letters.get(line)) {
        found("doubled dead letter", found.container, line, name(hit));
      }
      found.letters.set(line);
    }
  }

  private static String reason(Search.Hit hit) {
    return hit.text("longshore", "dead_letter", "type")
        + ": "
        + hit.text("longshore", "dead_letter", "reason");
  }

  private static void tokens(@Nullable String text, Set<Integer> into) {
    if (text != null) {
      Matcher matcher = TOKEN.matcher(text);
      while (matcher.find()) {
        into.add(Integer.parseInt(matcher.group(1)));
      }
    }
  }

  private void judge() {
    for (Found found : byContainer.values()) {
      TorturedContainer container = found.container;
      LineBook book = container.book();
      for (int line = 0; line < book.lines(); line++) {
        boolean letter = found.letters.get(line);
        if (found.lines.get(line)) {
          if (book.isPoison(line)) {
            found("indexed poison", container, line, "");
          } else if (letter) {
            found("doubled", container, line, "it is a dead letter too");
          }
        } else if (!letter) {
          missing(container, line);
        }
      }
    }
  }

  private void missing(TorturedContainer container, int line) {
    LineBook book = container.book();
    Generation generation = container.generations().get(book.generation(line));
    if (generation.deleted) {
      unreadBytes += book.length(line);
      unreadByContainer.merge(container.place().key(), (long) book.length(line), Long::sum);
    } else {
      found("lost", container, line, book.isPoison(line) ? "it is poison" : "");
    }
  }

  /// Compares what was deleted unread with what the agent says was.
  void compareLosses(long reportedBytes, Map<String, Long> reportedByContainer) {
    if (reportedBytes == unreadBytes) {
      return;
    }
    found(
        "lost bytes misreported",
        null,
        -1,
        "%d bytes were deleted unread, %d reported".formatted(unreadBytes, reportedBytes));
    Set<String> keys = new TreeSet<>(unreadByContainer.keySet());
    keys.addAll(reportedByContainer.keySet());
    for (String key : keys) {
      long real = unreadByContainer.getOrDefault(key, 0L);
      long reported = reportedByContainer.getOrDefault(key, 0L);
      Found found = byContainer.get(key);
      if (real != reported && found != null) {
        found(
            "container's loss",
            found.container,
            firstMissing(found),
            "%s: %d bytes in %s were deleted unread, %d reported"
                .formatted(key, real, generations(found), reported));
      }
    }
  }

  /// How many bytes are missing of which deleted generation, for a message.
  private static Map<String, Long> generations(Found found) {
    Map<String, Long> missing = new TreeMap<>();
    LineBook book = found.container.book();
    for (int line = 0; line < book.lines(); line++) {
      if (!found.lines.get(line) && !found.letters.get(line)) {
        Generation generation = found.container.generations().get(book.generation(line));
        missing.merge(
            generation.name()
                + "("
                + generation.id
                + ", deleted at "
                + generation.deletedAtMillis
                + " ms)",
            (long) book.length(line),
            Long::sum);
      }
    }
    return missing;
  }

  private static int firstMissing(Found found) {
    LineBook book = found.container.book();
    for (int line = 0; line < book.lines(); line++) {
      if (!found.lines.get(line) && !found.letters.get(line)) {
        return line;
      }
    }
    return -1;
  }

  /// Records that a rotation, a jump of the clock or a pause of their writer has cut in parts, each
  /// of which is there once.
  int tornRecords() {
    return tornRecords.size();
  }

  /// How many findings there are of a kind.
  int count(String what) {
    return tally.getOrDefault(what, 0);
  }

  Map<String, Integer> tally() {
    return tally;
  }

  /// The first ones of each kind.
  List<Finding> findings() {
    return findings;
  }

  long documents() {
    return documents;
  }

  /// Lines that Elasticsearch has, dead letters not among them.
  long linesFound() {
    return byContainer.values().stream().mapToLong(it -> it.lines.cardinality()).sum();
  }

  long deadLetters() {
    return byContainer.values().stream().mapToLong(it -> it.letters.cardinality()).sum();
  }

  /// What the kubelet deleted before it was read, in truth.
  long unreadBytes() {
    return unreadBytes;
  }
}
