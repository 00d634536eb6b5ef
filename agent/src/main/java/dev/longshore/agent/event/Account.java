package dev.longshore.agent.event;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The account of one container since the agent started, in records, but for what was lost, which
/// is in bytes. Always: recovered + read = indexed + duplicate + dead-lettered + filtered +
/// buffered.
///
/// Counters are written a block at a time: `read` and `lost` by the reading thread, `filtered` by
/// both, the others by the shipping thread; any thread may read them.
public final class Account {
  private final ContainerRef container;
  private final AtomicLong recovered = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong indexed = new AtomicLong();
  private final AtomicLong duplicate = new AtomicLong();
  private final AtomicLong deadLettered = new AtomicLong();
  private final AtomicLong filtered = new AtomicLong();
  private final AtomicLong filteredByRules = new AtomicLong();
  private final Map<String, AtomicLong> filteredByRule = new ConcurrentHashMap<>();
  private final AtomicLong overLimit = new AtomicLong();
  private final AtomicLong overLimitBytes = new AtomicLong();
  private final AtomicLong lostBytes = new AtomicLong();
  private final AtomicLong bufferedBytes = new AtomicLong();
  private final AtomicLong acknowledgedBytes = new AtomicLong();

  Account(ContainerRef container) {
    this.container = container;
  }

  public ContainerRef container() {
    return container;
  }

  /// Adds everything to another account. Nobody books here any more.
  void addTo(Account other) {
    other.recovered.addAndGet(recovered.get());
    other.read.addAndGet(read.get());
    other.readBytes.addAndGet(readBytes.get());
    other.indexed.addAndGet(indexed.get());
    other.duplicate.addAndGet(duplicate.get());
    other.deadLettered.addAndGet(deadLettered.get());
    other.filtered.addAndGet(filtered.get());
    other.overLimit.addAndGet(overLimit.get());
    other.overLimitBytes.addAndGet(overLimitBytes.get());
    other.lostBytes.addAndGet(lostBytes.get());
  }

  /// Records that were in the queue, unacknowledged, when it was opened.
  public void recovered(long records, long payloadBytes) {
    recovered.addAndGet(records);
    bufferedBytes.addAndGet(payloadBytes);
  }

  /// Records that were read and queued.
  public void read(long records, long payloadBytes) {
    read.addAndGet(records);
    readBytes.addAndGet(payloadBytes);
    bufferedBytes.addAndGet(payloadBytes);
  }

  /// Records that were read and left out by configuration; they were never in the queue.
  public void filtered(long records) {
    read.addAndGet(records);
    filtered.addAndGet(records);
  }

  /// Records that were queued and that a rule of the operator's filters leaves out of the index.
  public void filteredBy(String rule, long records) {
    filteredByRule.computeIfAbsent(rule, _ -> new AtomicLong()).addAndGet(records);
    filteredByRules.addAndGet(records);
    filtered.addAndGet(records);
  }

  /// Of the filtered records, those that were left out because the container wrote more than its
  /// pod allows.
  public void overLimit(long records, long bytes) {
    overLimit.addAndGet(records);
    overLimitBytes.addAndGet(bytes);
  }

  public void indexed(long records) {
    indexed.addAndGet(records);
  }

  public void duplicate(long records) {
    duplicate.addAndGet(records);
  }

  public void deadLettered(long records) {
    deadLettered.addAndGet(records);
  }

  /// A block was acknowledged: its bytes no longer count as buffered.
  public void acknowledged(long payloadBytes) {
    acknowledgedBytes.addAndGet(payloadBytes);
    bufferedBytes.addAndGet(-payloadBytes);
  }

  /// Records that became unreadable in the queue: they are no longer in it and, to the ledger, were
  /// never read. If their log is still there they are read again, and then count.
  ///
  /// @param records negative when some of them turn out to have been delivered before
  public void unread(long records, long payloadBytes) {
    bufferedBytes.addAndGet(-payloadBytes);
    long fromRead = Math.min(records, read.get());
    read.addAndGet(-fromRead);
    recovered.addAndGet(fromRead - records);
  }

  /// Bytes that were deleted before they were read.
  public void lost(long bytes) {
    lostBytes.addAndGet(bytes);
  }

  public long recovered() {
    return recovered.get();
  }

  public long read() {
    return read.get();
  }

  /// Bytes of log that were read and queued.
  public long readBytes() {
    return readBytes.get();
  }

  public long indexed() {
    return indexed.get();
  }

  public long duplicate() {
    return duplicate.get();
  }

  public long deadLettered() {
    return deadLettered.get();
  }

  /// Records that left the queue for good, however.
  public long resolved() {
    return indexed.get() + duplicate.get() + deadLettered.get() + filteredByRules.get();
  }

  public long filtered() {
    return filtered.get();
  }

  /// Of the filtered records, those that each rule of the operator's filters has left out.
  public SortedMap<String, Long> filteredByRule() {
    SortedMap<String, Long> counts = new TreeMap<>();
    filteredByRule.forEach((rule, records) -> counts.put(rule, records.get()));
    return counts;
  }

  /// Of the filtered records, those above the pod's own limit.
  public long overLimit() {
    return overLimit.get();
  }

  /// Bytes of log above the pod's own limit that were left out.
  public long overLimitBytes() {
    return overLimitBytes.get();
  }

  public long lostBytes() {
    return lostBytes.get();
  }

  /// Payload bytes of this container that are in the queue, unacknowledged.
  public long bufferedBytes() {
    return bufferedBytes.get();
  }

  /// Payload bytes of blocks that left the queue, resolved.
  public long acknowledgedBytes() {
    return acknowledgedBytes.get();
  }

  /// Records in the queue, by the equation.
  public long buffered() {
    // Outcomes are read first: what is counted between the two reads then only makes the sum
    // larger.
    long done = indexed.get() + duplicate.get() + deadLettered.get() + filtered.get();
    return recovered.get() + read.get() - done;
  }
}
