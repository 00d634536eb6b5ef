package dev.longshore.agent.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.agent.event.Account;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// The account of one container, or of all together, as they stood at one moment. In records, but
/// for what says that it is bytes.
///
/// @param filteredByRule of the filtered, those that each rule of `filters` has left out
/// @param overLimit of the filtered, those above the pod's own limit
/// @param overLimitBytes of log that was dropped above it
/// @param buffered by the equation: what went in and has no outcome yet
/// @param bufferedBytes as counted block by block, independently of the records
/// @param lostBytes deleted before they were read
public record LedgerTotals(
    long recovered,
    long read,
    long readBytes,
    long indexed,
    long duplicate,
    long deadLettered,
    long filtered,
    Map<String, Long> filteredByRule,
    long overLimit,
    long overLimitBytes,
    long buffered,
    long bufferedBytes,
    long lostBytes) {

  public static final LedgerTotals EMPTY =
      new LedgerTotals(0, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0);

  public LedgerTotals {
    filteredByRule = Collections.unmodifiableSortedMap(new TreeMap<>(filteredByRule));
  }

  static LedgerTotals of(Account account) {
    return new LedgerTotals(
        account.recovered(),
        account.read(),
        account.readBytes(),
        account.indexed(),
        account.duplicate(),
        account.deadLettered(),
        account.filtered(),
        account.filteredByRule(),
        account.overLimit(),
        account.overLimitBytes(),
        account.buffered(),
        account.bufferedBytes(),
        account.lostBytes());
  }

  public LedgerTotals plus(LedgerTotals other) {
    Map<String, Long> byRule = new TreeMap<>(filteredByRule);
    other.filteredByRule.forEach((rule, records) -> byRule.merge(rule, records, Long::sum));
    return new LedgerTotals(
        recovered + other.recovered,
        read + other.read,
        readBytes + other.readBytes,
        indexed + other.indexed,
        duplicate + other.duplicate,
        deadLettered + other.deadLettered,
        filtered + other.filtered,
        byRule,
        overLimit + other.overLimit,
        overLimitBytes + other.overLimitBytes,
        buffered + other.buffered,
        bufferedBytes + other.bufferedBytes,
        lostBytes + other.lostBytes);
  }

  /// Whether no record has two outcomes and none left the buffer without one. Between two counters
  /// that change one after the other it may be untrue for a moment.
  public boolean balanced() {
    return buffered >= 0 && bufferedBytes >= 0 && (buffered == 0) == (bufferedBytes == 0);
  }

  /// About how many records were lost, by the mean length of those that were read; −1 when none
  /// was.
  public long lostRecordsEstimate() {
    // What rules leave out was queued as well.
    long byRules = filteredByRule.values().stream().mapToLong(Long::longValue).sum();
    long queued = read - filtered + byRules;
    if (lostBytes == 0) {
      return 0;
    }
    return queued <= 0 || readBytes <= 0
        ? -1
        : Math.max(1, Math.round((double) lostBytes * queued / readBytes));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("recovered", recovered);
    json.writeNumberField("read", read);
    json.writeNumberField("readBytes", readBytes);
    json.writeNumberField("indexed", indexed);
    json.writeNumberField("duplicate", duplicate);
    json.writeNumberField("deadLettered", deadLettered);
    json.writeNumberField("filtered", filtered);
    json.writeObjectFieldStart("filteredByRule");
    for (Map.Entry<String, Long> rule : filteredByRule.entrySet()) {
      json.writeNumberField(rule.getKey(), rule.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("overLimit", overLimit);
    json.writeNumberField("overLimitBytes", overLimitBytes);
    json.writeNumberField("buffered", buffered);
    json.writeNumberField("bufferedBytes", bufferedBytes);
    json.writeNumberField("lostBytes", lostBytes);
    json.writeNumberField("lostRecordsEstimate", lostRecordsEstimate());
    json.writeBooleanField("balanced", balanced());
  }

  /// Reads what the status page says.
  public static LedgerTotals read(JsonNode json) {
    Map<String, Long> byRule = new TreeMap<>();
    json.path("filteredByRule")
        .properties()
        .forEach(rule -> byRule.put(rule.getKey(), rule.getValue().asLong()));
    return new LedgerTotals(
        json.path("recovered").asLong(),
        json.path("read").asLong(),
        json.path("readBytes").asLong(),
        json.path("indexed").asLong(),
        json.path("duplicate").asLong(),
        json.path("deadLettered").asLong(),
        json.path("filtered").asLong(),
        byRule,
        json.path("overLimit").asLong(),
        json.path("overLimitBytes").asLong(),
        json.path("buffered").asLong(),
        json.path("bufferedBytes").asLong(),
        json.path("lostBytes").asLong());
  }
}
