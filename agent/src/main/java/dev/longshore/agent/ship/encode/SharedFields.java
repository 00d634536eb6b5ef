package dev.longshore.agent.ship.encode;

import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.event.Workload;
import dev.longshore.agent.event.WorkloadErrors;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.filter.PodFilters;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.redact.RedactConfig;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a snapshot gives to each of its documents, as bytes; made once for each snapshot.
///
/// The safe form is for documents that a mapping refused: members that are a map of a user's own
/// keys (`labels`, `annotations`, at any depth) are taken out of the fields and kept apart.
final class SharedFields {
  private static final byte[] AFTER_ID = "\"}}\n{".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIMESTAMP = "\"@timestamp\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LABELS = "labels".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ANNOTATIONS = "annotations".getBytes(StandardCharsets.US_ASCII);

  private final Snapshot snapshot;
  private final byte[] fields;
  private final byte[] begin;
  private final byte[] path;
  private final byte[] pod;
  private final NumberNames numbers;
  private final long redactions;
  private final PodFilters filters;
  private WorkloadErrors.@Nullable Counts errors;
  private byte[] safeBegin = new byte[0];
  private byte[] moved = new byte[0];

  SharedFields(Snapshot snapshot, RedactConfig redact, Filters filters) {
    this.snapshot = snapshot;
    fields = snapshot.fieldsJson();
    begin = begin(fields);
    path = JsonText.quoted(snapshot.path());
    pod = snapshot.container().pod().getBytes(StandardCharsets.UTF_8);
    numbers = new NumberNames(snapshot.numbers());
    redactions = redact.patternsFor(snapshot.redact());
    this.filters =
        new PodFilters(
            filters, snapshot.container().namespace(), snapshot.container().container(), fields);
  }

  /// Whether they are of this very snapshot; one that is merely equal is read again.
  @SuppressWarnings("ReferenceEquality") // compared for each record
  boolean isOf(Snapshot other) {
    return snapshot == other;
  }

  private static byte[] begin(byte[] members) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(members.length + 64);
    all.writeBytes(AFTER_ID);
    if (members.length > 0) {
      all.writeBytes(members);
      all.write(',');
    }
    all.writeBytes(TIMESTAMP);
    return all.toByteArray();
  }

  /// All between a document's id and its time, in one piece: the end of the action's line, the
  /// shared members, and the key of the time.
  byte[] begin() {
    return begin;
  }

  /// `log.file.path` as a JSON string with its quotes.
  byte[] path() {
    return path;
  }

  /// The pod's name.
  byte[] pod() {
    return pod;
  }

  NumberNames numbers() {
    return numbers;
  }

  /// What is left out of the messages, as [RedactConfig#patternsFor] has it.
  long redactions() {
    return redactions;
  }

  /// The rules by which records of the container may be left out.
  PodFilters filters() {
    return filters;
  }

  /// Where errors of the workload are counted; looked up when there is one.
  WorkloadErrors.Counts errorsIn(WorkloadErrors all) {
    WorkloadErrors.Counts counts = errors;
    if (counts == null) {
      counts = all.of(Workload.of(snapshot));
      errors = counts;
    }
    return counts;
  }

  /// As [#begin], without what is [#moved].
  byte[] safeBegin() {
    split();
    return safeBegin;
  }

  /// JSON members, without braces: `"kubernetes.labels":{…},…`; empty when there are none.
  byte[] moved() {
    split();
    return moved;
  }

  private void split() {
    if (safeBegin.length == 0) {
      ByteArrayOutputStream kept = new ByteArrayOutputStream(fields.length);
      ByteArrayOutputStream away = new ByteArrayOutputStream(fields.length);
      members(0, fields.length, "", kept, away);
      safeBegin = begin(kept.toByteArray());
      moved = away.toByteArray();
    }
  }

  private void members(
      int from, int to, String prefix, ByteArrayOutputStream kept, ByteArrayOutputStream away) {
    JsonScanner scanner = new JsonScanner();
    int begun = kept.size();
    int i = scanner.blanks(fields, from, to);
    while (i < to) {
      int quote = scanner.string(fields, i + 1, to);
      if (fields[i] != '"' || quote < 0) {
        throw new IllegalStateException("the fields of " + snapshot.container() + " are not JSON");
      }
      int value = scanner.blanks(fields, quote + 1, to) + 1;
      value = scanner.blanks(fields, value, to);
      int end = valueEnd(scanner, value, to);
      String name = prefix + new String(fields, i + 1, quote - i - 1, StandardCharsets.UTF_8);
      boolean object = fields[value] == '{';
      if (object && (ends(i + 1, quote, LABELS) || ends(i + 1, quote, ANNOTATIONS))) {
        separate(away, 0);
        away.writeBytes(('"' + name + "\":").getBytes(StandardCharsets.UTF_8));
        away.write(fields, value, end - value);
      } else {
        separate(kept, begun);
        kept.write(fields, i, value - i);
        if (object) {
          kept.write('{');
          members(value + 1, end - 1, name + '.', kept, away);
          kept.write('}');
        } else {
          kept.write(fields, value, end - value);
        }
      }
      i = scanner.blanks(fields, end, to);
      i = i < to ? scanner.blanks(fields, i + 1, to) : i;
    }
  }

  private static void separate(ByteArrayOutputStream target, int begun) {
    if (target.size() > begun) {
      target.write(',');
    }
  }

  private int valueEnd(JsonScanner scanner, int from, int to) {
    int depth = 0;
    int i = from;
    while (i < to) {
      byte b = fields[i];
      if (b == '"') {
        i = scanner.string(fields, i + 1, to);
        if (i < 0) {
          throw new IllegalStateException(
              "the fields of " + snapshot.container() + " are not JSON");
        }
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      } else if (b == ',' && depth == 0) {
        return i;
      }
      i++;
    }
    return to;
  }

  private boolean ends(int from, int to, byte[] ending) {
    return to - from >= ending.length && Bytes.startsWith(fields, to - ending.length, to, ending);
  }
}
