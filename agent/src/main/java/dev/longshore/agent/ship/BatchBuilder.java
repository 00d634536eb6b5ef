package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DeadLetterDocument;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.filter.PodFilters;
import dev.longshore.agent.ship.encode.RecordEncoder;
import dev.longshore.shared.clock.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Puts records into batches: those of a block that was just taken, and those that wait for being
/// sent again, whose blocks it reads again. Owned by the shipping thread.
final class BatchBuilder {
  private static final int INITIAL_BYTES = 64 << 10;

  /// What a document has beside its text and its metadata: id, time, position, names of fields.
  private static final int DOCUMENT_BYTES = 512;

  private final ShipConfig config;
  private final BlockSource source;
  private final RecordEncoder encoder;
  private final BatchMemory memory;
  private final Clock clock;
  private final DeadLetterDocument letters = new DeadLetterDocument();

  private final Block again = new Block(INITIAL_BYTES);
  private long againReference = BlockSource.NONE;

  private final RecordCursor cursor = new RecordCursor();
  private Block cursorBlock = again;
  private long cursorReference = BlockSource.NONE;
  private int cursorOrdinal;

  private final BulkBody single = new BulkBody(4 << 10);
  private final List<Unencodable> unencodable = new ArrayList<>();

  // Of the block at hand, by rule.
  private final int[] filtered = new int[Filters.MOST];
  private boolean anyFiltered;

  /// A record that the encoder failed on, in both forms.
  record Unencodable(long reference, int ordinal, Refusal refusal) {}

  BatchBuilder(
      ShipConfig config,
      BlockSource source,
      RecordEncoder encoder,
      BatchMemory memory,
      Clock clock) {
    this.config = config;
    this.memory = memory;
    this.source = source;
    this.encoder = encoder;
    this.clock = clock;
  }

  /// A block that was handed out before; valid until the next call.
  ///
  /// @throws RuntimeException when the queue can't give it
  Block read(long reference) {
    if (againReference != reference) {
      againReference = BlockSource.NONE;
      cursorReference = BlockSource.NONE;
      source.read(reference, again);
      againReference = reference;
    }
    return again;
  }

  /// Appends records of a block from the `from`-th on that no rule leaves out, until the body would
  /// be longer than `maxBytes`; a record that is longer by itself goes alone.
  ///
  /// @return the first record that found no room; the block's count when all did
  int load(Batch batch, Block block, long reference, int from, long maxBytes) {
    BulkBody body = batch.body();
    batch.loggedAt(block.firstTimestampNanos());
    int records = block.records();
    long fieldsBytes = block.snapshot().fieldsJson().length;
    int ordinal = from;
    while (ordinal < records && body.length() < maxBytes) {
      try {
        seek(block, reference, ordinal);
      } catch (RuntimeException e) {
        if (ordinal > from) {
          return ordinal;
        }
        throw e;
      }
      if (isFiltered(block)) {
        ordinal++;
        continue;
      }
      int items = body.items();
      if (!memory.makeRoom(batch, documentBytes(fieldsBytes), maxBytes)) {
        return ordinal;
      }
      boolean encoded = encode(block, reference, ordinal, batch.form(), body);
      memory.countOverflow(batch);
      if (encoded && body.length() > maxBytes && items > 0) {
        body.truncate(items);
        return ordinal;
      }
      ordinal++;
    }
    return ordinal;
  }

  private boolean isFiltered(Block block) {
    int rule;
    try {
      rule = encoder.filteredBy(block, cursor);
    } catch (RuntimeException e) {
      // What no rule can be asked about is shipped, or becomes a dead letter with its reason.
      return false;
    }
    if (rule == PodFilters.SHIPPED) {
      return false;
    }
    filtered[rule]++;
    anyFiltered = true;
    return true;
  }

  /// Resolves the records of a block that rules have left out since the last call.
  void resolveFiltered(long reference, AckTracker acks) {
    if (!anyFiltered) {
      return;
    }
    anyFiltered = false;
    for (int rule = 0; rule < filtered.length; rule++) {
      if (filtered[rule] > 0) {
        acks.filtered(reference, encoder.filterName(rule), filtered[rule]);
        filtered[rule] = 0;
      }
    }
  }

  /// Appends records of a retry batch, and takes them out of it.
  ///
  /// @return whether there was room for all
  /// @throws RuntimeException when the queue can't give a block; what was appended stays
  boolean load(Batch batch, RetryBatch retryBatch, long maxBytes) {
    BulkBody body = batch.body();
    while (retryBatch.items() > 0) {
      int items = body.items();
      if (items >= retryBatch.maxItems() || body.length() >= maxBytes) {
        return false;
      }
      long reference = retryBatch.reference(0);
      int ordinal = retryBatch.ordinal(0);
      boolean encoded;
      Refusal refusal = retryBatch.refusal(0);
      Block block = read(reference);
      batch.loggedAt(block.firstTimestampNanos());
      if (refusal != null) {
        DeadLetter letter = letter(reference, ordinal, refusal);
        long bytes = 3L * letter.original().length + 2L * letter.document().length;
        if (!memory.makeRoom(batch, bytes + DOCUMENT_BYTES, maxBytes)) {
          return false;
        }
        letters.write(letter, reference, ordinal, body);
        batch.refusal(refusal);
        encoded = true;
      } else {
        seek(block, reference, ordinal);
        if (!memory.makeRoom(
            batch, documentBytes(block.snapshot().fieldsJson().length), maxBytes)) {
          return false;
        }
        encoded = encode(block, reference, ordinal, batch.form(), body);
      }
      memory.countOverflow(batch);
      if (encoded && body.length() > maxBytes && items > 0) {
        body.truncate(items);
        batch.truncateRefusals(items);
        return false;
      }
      retryBatch.take(1);
    }
    return true;
  }

  /// About how long the document of the cursor's record becomes: its text twice, as message and as
  /// parsed body, and what all documents have.
  private long documentBytes(long fieldsBytes) {
    return 2L * cursor.rawBytes() + fieldsBytes + DOCUMENT_BYTES;
  }

  private void seek(Block block, long reference, int ordinal) {
    if (block != cursorBlock || reference != cursorReference || ordinal < cursorOrdinal) {
      cursor.over(block);
      cursorBlock = block;
      cursorReference = reference;
      cursorOrdinal = -1;
    }
    while (cursorOrdinal < ordinal) {
      if (!cursor.advance()) {
        throw new IllegalStateException("block " + reference + " has no record " + ordinal);
      }
      cursorOrdinal++;
    }
  }

  private boolean encode(
      Block block, long reference, int ordinal, DocumentForm form, BulkBody body) {
    int items = body.items();
    if (form == DocumentForm.NORMAL) {
      try {
        encoder.encode(block, cursor, reference, ordinal, false, body);
        return true;
      } catch (RuntimeException e) {
        body.truncate(items);
      }
    }
    try {
      encoder.encode(block, cursor, reference, ordinal, true, body);
      return true;
    } catch (RuntimeException e) {
      body.truncate(items);
      unencodable.add(
          new Unencodable(
              reference, ordinal, new Refusal(0, "longshore_encoding_exception", e.toString())));
      return false;
    }
  }

  /// The records that the encoder failed on since the last call.
  List<Unencodable> takeUnencodable() {
    if (unencodable.isEmpty()) {
      return List.of();
    }
    List<Unencodable> taken = List.copyOf(unencodable);
    unencodable.clear();
    return taken;
  }

  /// The dead letter of a record.
  DeadLetter letter(long reference, int ordinal, Refusal refusal) {
    Block block = read(reference);
    seek(block, reference, ordinal);
    single.clear();
    int unencodableBefore = unencodable.size();
    boolean encoded = encode(block, reference, ordinal, DocumentForm.NORMAL, single);
    while (unencodable.size() > unencodableBefore) {
      unencodable.removeLast();
    }
    String id = encoded ? single.id(0) : "";
    if (id.isEmpty()) {
      id = block.generation() + "-" + cursor.start() + "-" + cursor.span();
    }
    return new DeadLetter(
        id,
        config.destinationOf(block.snapshot().dataStream()),
        refusal.status(),
        refusal.type(),
        refusal.reason(),
        block.snapshot().container(),
        block.snapshot().path(),
        cursor.start(),
        clock.epochMillis(),
        0,
        encoder.original(block, cursor),
        encoded ? document() : new byte[0]);
  }

  /// The second line of the single item.
  private byte[] document() {
    byte[] bytes = single.bytes();
    int from = 0;
    while (from < single.length() && bytes[from] != '\n') {
      from++;
    }
    int to = single.length();
    if (to > from && bytes[to - 1] == '\n') {
      to--;
    }
    return Arrays.copyOfRange(bytes, Math.min(from + 1, to), to);
  }
}
