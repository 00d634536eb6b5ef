package dev.longshore.alerting.logs;

import dev.longshore.shared.elastic.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The nodes and containers whose lines are waited for, as far as their agents say. Knows no clock
/// and no source. One thread at a time.
///
/// Who is up to five minutes behind is waited for. Who is further behind is named and not waited
/// for; and when the watermark of such a one moves, that is a return: rules look again at the
/// windows that its lines belong to. A node silent for an hour is not even named; it returns all
/// the same. An agent that said it has stopped is waited for like the others and never named: its
/// node may be gone.
final class NodeWatermarks {

  /// Longest wait.
  static final Duration WAIT = Duration.ofMinutes(5);

  /// A node that said nothing for so long is forgotten.
  static final Duration FORGET = Duration.ofHours(1);

  /// What is further behind than this is named.
  private static final Duration NAMED = Duration.ofSeconds(30);

  /// Returns that are older than this, or more than that many, are of no use to any rule.
  private static final Duration KEEP_RETURNS = Duration.ofDays(1);

  private static final int MAX_RETURNS = 10_000;
  private static final int MOST_NAMED = 5;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// Lines that have come after windows they belong to were evaluated.
  ///
  /// @param from not before this
  /// @param to before this
  record Backfill(Instant from, Instant to) {}

  private record Numbered(long number, Instant at, Backfill it) {}

  /// A node, or a container of one that no longer holds its node's watermark.
  ///
  /// @param to its lines before this are there; null when that is not known yet
  /// @param published when its agent said so
  private record NodePosition(String name, @Nullable Instant to, Instant published, boolean last) {}

  private Map<String, NodePosition> places = new HashMap<>();
  private final ArrayDeque<Numbered> returns = new ArrayDeque<>();
  private long lastReturn;
  private boolean heard;

  /// The highest time up to which any rule was evaluated.
  private Instant evaluatedTo = Instant.MIN;

  /// Takes what all agents say.
  void heard(List<Watermark> watermarks, Instant now) {
    Map<String, NodePosition> next = new HashMap<>();
    for (Watermark it : watermarks) {
      String node = it.cluster() + "/" + it.node();
      next.put(node, new NodePosition(it.node(), it.watermark(), it.published(), it.last()));
      for (Watermark.Behind late : it.behind()) {
        String name = late.container() + " on " + it.node();
        next.put(
            node + "/" + late.container(),
            new NodePosition(name, late.since(), it.published(), it.last()));
      }
    }
    next.forEach((id, nodePosition) -> moved(places.get(id), nodePosition, now));
    // A container that is no longer behind has all its lines there, up to its node's watermark.
    places.forEach(
        (id, nodePosition) -> {
          NodePosition node = next.get(nodeOf(id));
          if (!next.containsKey(id) && node != null) {
            moved(nodePosition, node, now);
          }
        });
    places = next;
    heard = true;
    while (!returns.isEmpty()
        && (returns.size() > MAX_RETURNS
            || Duration.between(returns.getFirst().at, now).compareTo(KEEP_RETURNS) > 0)) {
      returns.removeFirst();
    }
  }

  private static String nodeOf(String id) {
    int slash = id.indexOf('/', id.indexOf('/') + 1);
    return slash < 0 ? id : id.substring(0, slash);
  }

  private void moved(@Nullable NodePosition before, NodePosition nodePosition, Instant now) {
    Instant to = nodePosition.to;
    if (to == null || (before == null && !heard)) {
      return;
    }
    // Of a node that nobody knew, the last minutes may be missing in what was evaluated.
    Instant from = before == null || before.to == null ? to.minus(WAIT) : before.to;
    if (from.isBefore(to) && from.isBefore(evaluatedTo)) {
      lastReturn++;
      returns.addLast(new Numbered(lastReturn, now, new Backfill(from, to)));
    }
  }

  /// What is complete for a rule.
  WatermarkTracker.State state(Instant now, @Nullable Instant knownTo, long returnsSeen) {
    if (knownTo != null && knownTo.isAfter(evaluatedTo)) {
      evaluatedTo = knownTo;
    }
    Instant bound = now.minus(WAIT);
    Instant to = now;
    boolean any = false;
    List<NodePosition> behind = new ArrayList<>();
    for (NodePosition nodePosition : places.values()) {
      Instant until = nodePosition.to;
      boolean waited = until != null && !until.isBefore(bound);
      if (waited && until != null) {
        any = true;
        to = until.isBefore(to) ? until : to;
      }
      boolean forgotten = Duration.between(nodePosition.published, now).compareTo(FORGET) > 0;
      boolean late = until == null || Duration.between(until, now).compareTo(NAMED) > 0;
      if (late && !nodePosition.last && !forgotten) {
        behind.add(nodePosition);
      }
    }
    if (!any) {
      to = bound;
    }
    if (to.isAfter(evaluatedTo)) {
      evaluatedTo = to;
    }
    return new WatermarkTracker.State(to, named(behind, to, now), since(returnsSeen), lastReturn);
  }

  private @Nullable Backfill since(long seen) {
    Instant from = null;
    Instant to = Instant.MIN;
    for (Numbered it : returns) {
      if (seen >= 0 && it.number > seen) {
        from = from == null || it.it.from.isBefore(from) ? it.it.from : from;
        to = it.it.to.isAfter(to) ? it.it.to : to;
      }
    }
    return from == null ? null : new Backfill(from, to);
  }

  /// `complete to 12:03:10 UTC`, `node-7 is 4 min behind`.
  private static List<String> named(Collection<NodePosition> behind, Instant to, Instant now) {
    List<String> words = new ArrayList<>();
    if (behind.isEmpty()) {
      return words;
    }
    words.add("complete to " + TIME.format(to));
    behind.stream()
        .sorted((a, b) -> a.name.compareTo(b.name))
        .limit(MOST_NAMED)
        .forEach(it -> words.add(named(it, now)));
    if (behind.size() > MOST_NAMED) {
      words.add("and " + (behind.size() - MOST_NAMED) + " more are behind");
    }
    return words;
  }

  private static String named(NodePosition nodePosition, Instant now) {
    Duration silent = Duration.between(nodePosition.published, now);
    if (silent.compareTo(Duration.ofMinutes(2)) > 0) {
      return nodePosition.name + " is silent for " + minutes(silent);
    }
    Instant to = nodePosition.to;
    return to == null
        ? nodePosition.name + " has not looked at all its logs yet"
        : nodePosition.name + " is " + minutes(Duration.between(to, now)) + " behind";
  }

  private static String minutes(Duration duration) {
    return duration.toMinutes() >= 1 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
  }
}
