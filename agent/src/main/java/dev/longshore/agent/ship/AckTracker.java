package dev.longshore.agent.ship;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// For each block that was begun, how many of its records are not resolved yet. At zero the block
/// is acknowledged; never before, and once. Owned by the shipping thread.
final class AckTracker {
  private final BlockSource source;
  private final Ledger ledger;
  private final Searchable searchable;
  private final RefreshIntervals refreshIntervals;
  private final ShipMetrics metrics;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final Map<Long, Entry> unresolved = new HashMap<>();
  private final ArrayDeque<Entry> resolved = new ArrayDeque<>();

  /// Blocks that the queue lost, as long as somebody has records of them: replies may come about
  /// those that are on their way, and others wait to be sent.
  private final Map<Long, Entry> gone = new HashMap<>();

  private static final class Entry {
    private final long reference;
    private final String dataStream;
    private final long payloadBytes;
    private final long firstTimestampNanos;
    private final Account account;
    private int records;

    Entry(long reference, Block block, Account account) {
      this.reference = reference;
      this.dataStream = block.snapshot().dataStream();
      this.payloadBytes = block.payloadBytes();
      this.firstTimestampNanos = block.firstTimestampNanos();
      this.account = account;
      this.records = block.records();
    }

    /// Of a block that is gone, which counts as unread already.
    Entry(long reference, Account account, int records) {
      this.reference = reference;
      this.dataStream = "";
      this.payloadBytes = 0;
      this.firstTimestampNanos = Block.NO_TIMESTAMP;
      this.account = account;
      this.records = records;
    }
  }

  AckTracker(
      BlockSource source,
      Ledger ledger,
      Searchable searchable,
      RefreshIntervals refreshIntervals,
      ShipMetrics metrics,
      Clock clock,
      RateLimitedLogger warnings) {
    this.source = source;
    this.ledger = ledger;
    this.searchable = searchable;
    this.refreshIntervals = refreshIntervals;
    this.metrics = metrics;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Begins a block; one that was begun before and none of whose records found room goes on.
  void open(long reference, Block block) {
    if (!unresolved.containsKey(reference)) {
      Account account = ledger.account(block.snapshot().container());
      unresolved.put(reference, new Entry(reference, block, account));
    }
  }

  /// Counts records of a block that are settled.
  ///
  /// @throws IllegalStateException when the block has fewer left: a record was settled twice
  void resolve(long reference, int indexed, int duplicate, int deadLettered) {
    int settled = indexed + duplicate + deadLettered;
    if (settled == 0) {
      return;
    }
    Account account = settle(reference, settled);
    account.indexed(indexed);
    account.duplicate(duplicate);
    account.deadLettered(deadLettered);
    metrics.resolved(indexed, duplicate, deadLettered);
  }

  /// Counts records of a block that a rule of the operator's filters leaves out.
  ///
  /// @throws IllegalStateException when the block has fewer left
  void filtered(long reference, String rule, int records) {
    settle(reference, records).filteredBy(rule, records);
  }

  private Account settle(long reference, int settled) {
    Entry entry = unresolved.get(reference);
    Entry ofGone = entry == null ? gone.get(reference) : null;
    if (ofGone != null) {
      // They were on their way when the block was lost, so they do not come back.
      ofGone.account.unread(-settled, 0);
      passed(ofGone, settled);
      return ofGone.account;
    }
    if (entry == null || entry.records < settled) {
      throw new IllegalStateException(
          settled
              + " records of block "
              + reference
              + " were settled, it has "
              + (entry == null ? 0 : entry.records)
              + " open");
    }
    entry.records -= settled;
    if (entry.records == 0) {
      unresolved.remove(reference);
      resolved.add(entry);
    }
    return entry.account;
  }

  /// The queue lost a block: what is not settled of it is read, and comes, again. Replies about
  /// records that are on their way still count.
  ///
  /// @param dropped how many of its records the caller had, and sends no more
  void gone(long reference, BlockGoneException block, int dropped) {
    Entry known = gone.get(reference);
    if (known == null) {
      Account account = ledger.account(block.container());
      Entry entry = unresolved.remove(reference);
      int left = entry == null ? block.records() : entry.records;
      account.unread(left, block.payloadBytes());
      if (block.isLost()) {
        account.lost((long) block.payloadBytes() * left / block.records());
      }
      known = new Entry(reference, account, left);
      gone.put(reference, known);
    }
    passed(known, dropped);
  }

  /// Records of a block that is gone are settled or dropped: after the last one nobody asks for it
  /// any more, and it is let go of like any other.
  private void passed(Entry ofGone, int records) {
    ofGone.records -= records;
    if (ofGone.records <= 0) {
      gone.remove(ofGone.reference);
      resolved.add(ofGone);
    }
  }

  /// Acknowledges the blocks whose records are all settled, those of one answer together. One for
  /// which that fails is tried again next time, and holds up no other.
  ///
  /// @return how many were acknowledged
  int acknowledge() {
    if (resolved.isEmpty()) {
      return 0;
    }
    List<Entry> entries = List.copyOf(resolved);
    resolved.clear();
    long now = clock.nanoTime();
    for (Entry entry : entries) {
      if (entry.firstTimestampNanos != Block.NO_TIMESTAMP) {
        searchable.acknowledged(
            entry.account.container(),
            entry.firstTimestampNanos,
            refreshIntervals.of(entry.dataStream),
            now);
      }
    }
    RuntimeException refused = acknowledge(entries);
    if (refused == null) {
      return entries.size();
    }
    int count = 0;
    for (Entry entry : entries) {
      RuntimeException cause = entries.size() == 1 ? refused : acknowledge(List.of(entry));
      if (cause == null) {
        count++;
      } else {
        warn(entry, cause);
        resolved.addLast(entry);
      }
    }
    return count;
  }

  /// @return why they could not be acknowledged, or null
  private @Nullable RuntimeException acknowledge(List<Entry> entries) {
    try {
      source.acknowledge(entries.stream().mapToLong(it -> it.reference).toArray());
    } catch (RuntimeException e) {
      return e;
    }
    entries.forEach(it -> it.account.acknowledged(it.payloadBytes));
    return null;
  }

  private void warn(Entry entry, RuntimeException cause) {
    warnings.warn(
        "acknowledge",
        event -> {
          var _ =
              event
                  .setMessage("block could not be acknowledged; retrying")
                  .addKeyValue("block", entry.reference)
                  .setCause(cause);
        });
  }

  /// Blocks that are gone, and of which somebody still has records.
  int goneBlocks() {
    return gone.size();
  }

  /// Blocks that were begun and are not acknowledged.
  int blocks() {
    return unresolved.size() + resolved.size();
  }
}
