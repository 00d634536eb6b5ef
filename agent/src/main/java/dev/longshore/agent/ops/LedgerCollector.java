package dev.longshore.agent.ops;

import dev.longshore.agent.event.Account;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.Ledger;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.function.ToLongFunction;

/// The ledger as Prometheus metrics, labelled with `namespace`, `pod` and `container`. Collected
/// when it is scraped, so that a container costs nothing in between and goes when its account is
/// closed.
///
/// For each container: recovered + read = indexed + duplicate + dead-lettered + filtered +
/// buffered.
public final class LedgerCollector extends Collector {
  private static final List<String> LABELS = List.of("namespace", "pod", "container");

  private final Ledger ledger;

  public LedgerCollector(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        counter(
            "recovered_records",
            "Records that an earlier run left in the buffer.",
            Account::recovered),
        counter("read_records", "Records read from the container's log.", Account::read),
        counter("read_bytes", "Bytes of the container's log that were queued.", Account::readBytes),
        counter("indexed_records", "Records that Elasticsearch indexed.", Account::indexed),
        counter(
            "duplicate_records",
            "Records that were already in Elasticsearch when they were sent again.",
            Account::duplicate),
        counter(
            "dead_lettered_records",
            "Records that Elasticsearch refused; they are kept as dead letters.",
            Account::deadLettered),
        counter("filtered_records", "Records left out by configuration.", Account::filtered),
        counter(
            "over_limit_records",
            "Of the filtered records, those above longshore.dev/max-bytes-per-second.",
            Account::overLimit),
        counter(
            "over_limit_bytes",
            "Bytes of log that were dropped above longshore.dev/max-bytes-per-second.",
            Account::overLimitBytes),
        counter(
            "lost_bytes",
            "Bytes of the container's log that were deleted before they were read.",
            Account::lostBytes),
        gauge("buffered_records", "Records in the buffer.", Account::buffered),
        gauge("buffered_bytes", "Bytes of log in the buffer.", Account::bufferedBytes));
  }

  private MetricFamilySamples counter(String what, String help, ToLongFunction<Account> value) {
    var family = new CounterMetricFamily("longshore_agent_container_" + what, help, LABELS);
    for (Account account : ledger.accounts()) {
      family.addMetric(labels(account.container()), value.applyAsLong(account));
    }
    return family;
  }

  private MetricFamilySamples gauge(String what, String help, ToLongFunction<Account> value) {
    var family = new GaugeMetricFamily("longshore_agent_container_" + what, help, LABELS);
    for (Account account : ledger.accounts()) {
      family.addMetric(labels(account.container()), value.applyAsLong(account));
    }
    return family;
  }

  private static List<String> labels(ContainerRef container) {
    return List.of(container.namespace(), container.pod(), container.container());
  }
}
