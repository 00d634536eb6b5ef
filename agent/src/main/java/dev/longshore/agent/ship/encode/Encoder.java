package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.event.WorkloadErrors;
import dev.longshore.agent.filter.FilterMetrics;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.filter.PodFilters;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.line.LineHeader;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.redact.RedactMetrics;
import dev.longshore.agent.redact.Redactor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;

/// Writes records as items of a bulk body. One for each shipping thread; makes no objects per
/// record.
public final class Encoder implements RecordEncoder {
  private static final byte[] ACTION = ascii("{\"create\":{\"_id\":\"");
  private static final byte[] MESSAGE = ascii("\",\"message\":\"");
  private static final byte[] STDOUT = ascii("\",\"stream\":\"stdout\",\"log\":{\"offset\":");
  private static final byte[] STDERR = ascii("\",\"stream\":\"stderr\",\"log\":{\"offset\":");
  private static final byte[] FILE = ascii(",\"file\":{\"path\":");
  private static final byte[] LEVEL = ascii("},\"level\":\"");
  private static final byte[] FLAGS = ascii(",\"flags\":[");
  private static final byte[] ORDINAL = ascii(",\"fragment\":{\"ordinal\":");
  private static final byte[] LAST = ascii(",\"last\":true}");
  private static final byte[] NOT_LAST = ascii(",\"last\":false}");
  private static final byte[] JSON = ascii(",\"json\":");
  private static final byte[] NUMBERS = ascii(",\"numbers\":{");
  private static final byte[] UNMAPPED = ascii(",\"longshore.unmapped\":\"");
  private static final byte[] JSON_KEY = ascii("\"json\":");
  private static final Mark[] MARKS = Mark.values();
  private static final byte[] UNREADABLE = ascii("[redacted]\n");

  private final EncodeMetrics metrics;
  private final Filters filters;
  private final FilterMetrics filterMetrics;
  private final WorkloadErrors workloadErrors;
  private final Redactor redactor;
  private final RecordText record = new RecordText();
  private final LevelNames levelNames;
  private final JsonBody jsonBody;
  private final LineHeader header = new LineHeader();
  private final ErrorFields error = new ErrorFields();
  private final MessageBytes unmapped = new MessageBytes();
  private final JsonText json = new JsonText();
  private final RecentFields shared;

  /// An encoder whose marks nobody counts, with the default configuration.
  public Encoder() {
    this(new SimpleMeterRegistry(), LevelNames.NONE, RedactConfig.defaults());
  }

  /// @param levelNames names of levels in JSON bodies, besides the known ones
  /// @param redact what is left out of all documents
  public Encoder(MeterRegistry registry, LevelNames levelNames, RedactConfig redact) {
    this(registry, levelNames, redact, Filters.NONE);
  }

  /// @param levelNames names of levels in JSON bodies, besides the known ones
  /// @param redact what is left out of all documents
  /// @param filters which records have no document
  public Encoder(
      MeterRegistry registry, LevelNames levelNames, RedactConfig redact, Filters filters) {
    this(registry, levelNames, redact, filters, new WorkloadErrors());
  }

  /// @param levelNames names of levels in JSON bodies, besides the known ones
  /// @param redact what is left out of all documents
  /// @param filters which records have no document
  /// @param workloadErrors where errors are counted
  public Encoder(
      MeterRegistry registry,
      LevelNames levelNames,
      RedactConfig redact,
      Filters filters,
      WorkloadErrors workloadErrors) {
    this.filters = filters;
    this.workloadErrors = workloadErrors;
    this.filterMetrics = new FilterMetrics(registry, filters);
    this.metrics = new EncodeMetrics(registry);
    this.redactor = new Redactor(redact, new RedactMetrics(registry, redact));
    this.shared = new RecentFields(redact, filters);
    this.levelNames = levelNames;
    this.jsonBody = new JsonBody(levelNames);
  }

  /// Appends the current record of `cursor` as an item: the action `{"create":{"_id":"…"}}`, the
  /// document, and a line feed after each. The same record of the same block gives the same bytes,
  /// always.
  ///
  /// @param block the block that `cursor` walks over; it has a snapshot
  /// @param reference the block's, for [BulkBody#endItem]
  /// @param ordinal which record of the block it is, from 0
  /// @param safe whether `json`, `numbers`, labels and annotations go as one text into
  ///   `longshore.unmapped`, where nothing can conflict: for a document that a mapping refused
  @Override
  public void encode(
      Block block, RecordCursor cursor, long reference, int ordinal, boolean safe, BulkBody body) {
    SharedFields fields = shared.of(block.snapshot());
    record.read(block, cursor);
    MessageBytes message = record.message();
    int marks = record.marks() | redact(fields, cursor);
    boolean isJson =
        block.snapshot().parseJson()
            && jsonBody.read(message.bytes(), message.offset(), message.end(), fields.numbers());
    if (safe) {
      marks |= Mark.UNMAPPED.bit();
    }
    if (block.snapshot().datasetRefused()) {
      marks |= Mark.DATASET_REFUSED.bit();
    }
    if (isJson && jsonBody.refused()) {
      marks |= Mark.JSON_REFUSED.bit();
    }
    json.into(body);
    action(block, cursor);
    json.raw(safe ? fields.safeBegin() : fields.begin());
    marks |= timestamp(block);
    json.raw(MESSAGE);
    if (isJson && !jsonBody.refused() && jsonBody.found().has(Fields.MESSAGE)) {
      Found found = jsonBody.found();
      int from = found.from(Fields.MESSAGE);
      json.raw(message.bytes(), from, found.to(Fields.MESSAGE) - from);
    } else if (!json.escaped(message.bytes(), message.offset(), message.length())) {
      marks |= Mark.INVALID_UTF8.bit();
    }
    Level level = isJson ? levelOfJson(message) : levelOfText(message, marks);
    log(cursor, fields, level, marks);
    if (isJson) {
      error.writeJson(message.bytes(), jsonBody.found(), json, fields.pod());
    } else {
      error.writeText(json, fields.pod());
    }
    if (error.written()) {
      fields
          .errorsIn(workloadErrors)
          .add((char) Fingerprint.VERSION, error.fingerprint(), block.firstTimestampNanos());
    }
    boolean whole = isJson && !jsonBody.refused();
    if (safe) {
      unmapped(fields, whole, message.bytes());
    } else if (whole) {
      json(message.bytes());
    }
    json.raw((byte) '}');
    json.raw((byte) '\n');
    json.done();
    body.endItem(reference, ordinal);
  }

  /// Leaves out of the record's message what must not be shipped, before anything else reads it.
  private int redact(SharedFields fields, RecordCursor cursor) {
    MessageBytes message = record.message();
    boolean fragment = cursor.has(Block.FLAG_FRAGMENT);
    boolean found =
        redactor.redact(
            message.bytes(),
            message.offset(),
            message.end(),
            fields.redactions(),
            fragment && cursor.ordinal() > 0,
            fragment && !cursor.has(Block.FLAG_LAST_FRAGMENT));
    if (!found) {
      return 0;
    }
    message.view(redactor.bytes(), 0, redactor.length());
    return Mark.REDACTED.bit();
  }

  /// {@inheritDoc} Rules see the message before redaction.
  @Override
  public int filteredBy(Block block, RecordCursor cursor) {
    SharedFields fields = shared.of(block.snapshot());
    if (fields.filters().isEmpty()) {
      return PodFilters.SHIPPED;
    }
    record.read(block, cursor);
    MessageBytes message = record.message();
    Level level =
        fields.filters().asksForLevel() ? levelOf(block.snapshot(), fields, message) : Level.NONE;
    long generation = block.generation().high() ^ ((long) block.generation().low() << 32);
    int rule =
        fields
            .filters()
            .filteredBy(
                cursor.stream() == Block.STDERR,
                level,
                message.bytes(),
                message.offset(),
                message.end(),
                PodFilters.hash(generation, cursor.start(), cursor.span()));
    if (rule != PodFilters.SHIPPED) {
      filterMetrics.dropped(rule);
    }
    return rule;
  }

  private Level levelOf(Snapshot snapshot, SharedFields fields, MessageBytes message) {
    boolean isJson =
        snapshot.parseJson()
            && jsonBody.read(message.bytes(), message.offset(), message.end(), fields.numbers());
    return isJson ? levelOfJson(message) : levelOfText(message, record.marks());
  }

  @Override
  public String filterName(int rule) {
    return filters.rules().get(rule).name();
  }

  @Override
  public byte[] original(Block block, RecordCursor cursor) {
    try {
      SharedFields fields = shared.of(block.snapshot());
      record.read(block, cursor);
      if (redact(fields, cursor) == 0) {
        return RecordEncoder.super.original(block, cursor);
      }
      MessageBytes message = record.message();
      byte[] text = Arrays.copyOfRange(message.bytes(), message.offset(), message.end() + 1);
      text[text.length - 1] = '\n';
      return text;
    } catch (RuntimeException e) {
      // What can't be searched may hold a secret.
      return UNREADABLE.clone();
    }
  }

  private void action(Block block, RecordCursor cursor) {
    json.raw(ACTION);
    byte[] target = json.room(DocumentId.BYTES);
    json.advance(
        DocumentId.write(
            block.snapshot().idVersion(),
            block.generation(),
            cursor.start(),
            cursor.span(),
            target,
            json.at()));
  }

  private int timestamp(Block block) {
    int length = record.timeBytes();
    if (length > 0 && Timestamps.valid(block.payload(), record.timeOffset(), length)) {
      json.raw(block.payload(), record.timeOffset(), length);
      return 0;
    }
    long nanos = block.firstTimestampNanos();
    boolean known = nanos != Block.NO_TIMESTAMP && nanos >= 0;
    Timestamps.write(known ? nanos : 0, json.room(Timestamps.BYTES), json.at());
    json.advance(Timestamps.BYTES);
    return known ? 0 : Mark.NO_TIMESTAMP.bit();
  }

  private Level levelOfText(MessageBytes message, int marks) {
    header.read(message.bytes(), message.offset(), message.end());
    boolean many = (marks & Mark.MULTILINE.bit()) != 0;
    return error.ofText(message, header, header.level(), many);
  }

  private Level levelOfJson(MessageBytes message) {
    byte[] bytes = message.bytes();
    Found found = jsonBody.found();
    Level level = found.level(bytes, levelNames);
    if (level == Level.NONE && found.has(Fields.MESSAGE)) {
      header.read(bytes, found.from(Fields.MESSAGE), found.to(Fields.MESSAGE));
      level = header.level();
    }
    return error.ofJson(bytes, jsonBody, level);
  }

  private void log(RecordCursor cursor, SharedFields fields, Level level, int marks) {
    json.raw(cursor.stream() == Block.STDOUT ? STDOUT : STDERR);
    json.number(cursor.start());
    json.raw(FILE);
    json.raw(fields.path());
    if (level == Level.NONE) {
      json.raw((byte) '}');
    } else {
      json.raw(LEVEL);
      json.raw(level.text());
      json.raw((byte) '"');
    }
    if (marks != 0) {
      flags(marks);
    }
    if (cursor.has(Block.FLAG_FRAGMENT)) {
      json.raw(ORDINAL);
      json.number(cursor.ordinal());
      json.raw(cursor.has(Block.FLAG_LAST_FRAGMENT) ? LAST : NOT_LAST);
    }
    json.raw((byte) '}');
  }

  private void flags(int marks) {
    json.raw(FLAGS);
    boolean more = false;
    for (Mark mark : MARKS) {
      if ((marks & mark.bit()) != 0) {
        metrics.marked(mark);
        if (more) {
          json.raw((byte) ',');
        }
        more = true;
        json.raw(mark.json());
      }
    }
    json.raw((byte) ']');
  }

  private void json(byte[] bytes) {
    json.raw(JSON);
    if (jsonBody.lineBreaks()) {
      withoutBlanks(bytes);
    } else {
      json.raw(bytes, jsonBody.start(), jsonBody.end() - jsonBody.start());
    }
    if (jsonBody.numbers().count() > 0) {
      json.raw(NUMBERS);
      jsonBody.numbers().write(bytes, json);
      json.raw((byte) '}');
    }
  }

  /// A bulk body's lines are its documents: blanks between tokens, which may be line feeds, go.
  private void withoutBlanks(byte[] bytes) {
    boolean string = false;
    for (int i = jsonBody.start(); i < jsonBody.end(); i++) {
      byte b = bytes[i];
      if (string || b > ' ') {
        json.raw(b);
      }
      if (string && b == '\\') {
        json.raw(bytes[++i]);
      } else if (b == '"') {
        string = !string;
      }
    }
  }

  private void unmapped(SharedFields fields, boolean whole, byte[] bytes) {
    byte[] moved = fields.moved();
    if (moved.length == 0 && !whole) {
      return;
    }
    unmapped.clear();
    unmapped.append((byte) '{');
    unmapped.append(moved, 0, moved.length);
    if (whole) {
      if (moved.length > 0) {
        unmapped.append((byte) ',');
      }
      unmapped.append(JSON_KEY, 0, JSON_KEY.length);
      unmapped.append(bytes, jsonBody.start(), jsonBody.end() - jsonBody.start());
    }
    unmapped.append((byte) '}');
    json.raw(UNMAPPED);
    json.escaped(unmapped.bytes(), unmapped.offset(), unmapped.length());
    json.raw((byte) '"');
  }
}
