package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The newest rollout of a Deployment, StatefulSet or DaemonSet, as the lines of its pods tell it:
/// Kubernetes labels them with a hash of their template, and each line has its pod's labels and
/// image. What has never logged a line is not seen.
///
/// Each search but the last is for one line, which an index that is sorted by time finds without
/// reading the others; the last one looks at ten minutes.
final class Rollouts {

  /// What is older explains nothing.
  private static final Duration PAST = Duration.ofDays(7);

  /// Lines of both revisions within this are of a rollout that goes on.
  private static final Duration OVERLAP = Duration.ofMinutes(5);

  /// For so long after the first line and before the last one images are looked at.
  private static final Duration IMAGES = Duration.ofMinutes(10);

  private static final int MOST_IMAGES = 10;
  private static final int MOST_SHOWN = 3;

  private static final List<String> KINDS =
      List.of(
          "kubernetes.deployment.name", "kubernetes.statefulset.name", "kubernetes.daemonset.name");

  /// A Deployment's pods have the first, others' the second.
  private static final List<String> REVISIONS =
      List.of("kubernetes.labels.pod-template-hash", "kubernetes.labels.controller-revision-hash");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Searches searches;

  Rollouts(Searches searches) {
    this.searches = searches;
  }

  /// A line of a workload's pod.
  ///
  /// @param revisionField the label that has its revision
  private record Seen(Workload workload, String revisionField, String revision, Instant at) {}

  /// @return nothing when the labels name no workload, no line of it is there, or Elasticsearch has
  ///   no answer
  Evidence newest(Labels labels, Instant at) {
    Workload named = Workload.of(labels);
    if (named == null || named.isWholeNamespace()) {
      return Evidence.NONE;
    }
    try {
      Instant from = at.minus(PAST);
      Seen line = line(named, from, at, "desc", null, false);
      Seen newest = line == null ? null : line(line.workload, from, at, "desc", null, false);
      return newest == null
          ? Evidence.NONE
          : Evidence.ofFact(Evidence.ROLLOUT, words(newest, from, at));
    } catch (SearchException e) {
      return Evidence.NONE;
    }
  }

  private String words(Seen newest, Instant from, Instant at) throws SearchException {
    Seen other = line(newest.workload, from, at, "desc", newest, true);
    Seen first = firstOf(newest, from, at);
    if (other == null) {
      return first.at.isAfter(from.plus(IMAGES))
          ? "no other than that of " + TIME.format(first.at) + images(first, null)
          : "none within " + PAST.toDays() + " days";
    }
    Seen firstOther = firstOf(other, from, at);
    if (first.at.isAfter(firstOther.at)) {
      return since(first, at) + images(first, other);
    }
    // Both log still: what began later is what is being rolled out.
    return Duration.between(other.at, newest.at).compareTo(OVERLAP) < 0
        ? since(firstOther, at) + ", not yet everywhere" + images(firstOther, newest)
        : "back to an earlier one, complete " + since(other, at) + images(first, other);
  }

  private static String since(Seen first, Instant at) {
    long minutes = Duration.between(first.at, at).toMinutes();
    String ago =
        minutes < 120
            ? minutes + "m"
            : minutes < 48 * 60 ? minutes / 60 + "h" : minutes / (24 * 60) + "d";
    return TIME.format(first.at) + ", " + ago + " before";
  }

  private Seen firstOf(Seen revision, Instant from, Instant at) throws SearchException {
    Seen first = line(revision.workload, from, at, "asc", revision, false);
    return first == null ? revision : first;
  }

  /// One line.
  ///
  /// @param order of time
  /// @param revision whose revision it has; null for any
  /// @param other whether it has another one
  private @Nullable Seen line(
      Workload workload,
      Instant from,
      Instant to,
      String order,
      @Nullable Seen revision,
      boolean other)
      throws SearchException {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", 1).put("track_total_hits", false);
    body.set("query", query(workload, revision, other, from, to));
    LinesSearch.sort(body, order);
    ArrayNode source = body.putArray("_source");
    KINDS.forEach(source::add);
    REVISIONS.forEach(source::add);
    JsonNode hit =
        searches.search(LogCondition.DEFAULT_INDEX, body).path("hits").path("hits").path(0);
    return hit.isMissingNode() ? null : seen(workload.namespace(), Line.of(hit));
  }

  private static @Nullable Seen seen(String namespace, Line line) {
    Instant at = line.time();
    for (String kind : KINDS) {
      String name = line.text(kind);
      for (String field : REVISIONS) {
        String revision = line.text(field);
        if (at != null && !name.isEmpty() && !revision.isEmpty()) {
          return new Seen(new Workload(namespace, kind, name), field, revision, at);
        }
      }
    }
    return null;
  }

  private static ObjectNode query(
      Workload workload, @Nullable Seen revision, boolean other, Instant from, Instant to) {
    ObjectNode query = Searches.JSON.createObjectNode();
    ObjectNode bool = query.putObject("bool");
    ArrayNode filter = bool.putArray("filter");
    filter.add(Windows.range(from, to));
    workload.filter(filter);
    if (revision != null) {
      filter.addObject().putObject("exists").put("field", revision.revisionField);
      ArrayNode with = other ? bool.putArray("must_not") : filter;
      with.addObject().putObject("term").put(revision.revisionField, revision.revision);
    }
    return query;
  }

  /// The images of a revision that the one before did not have.
  ///
  /// @param now its first line
  /// @param before the last line of the one before; null when there is none
  private String images(Seen now, @Nullable Seen before) throws SearchException {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", 0).put("track_total_hits", false);
    ObjectNode named = body.putObject("aggs").putObject("of");
    ObjectNode filters = named.putObject("filters").putObject("filters");
    filters.set("now", query(now.workload, now, false, now.at, now.at.plus(IMAGES)));
    if (before != null) {
      filters.set(
          "before",
          query(before.workload, before, false, before.at.minus(IMAGES), before.at.plusNanos(1)));
    }
    named
        .putObject("aggs")
        .putObject("images")
        .putObject("terms")
        .put("field", "container.image.name")
        .put("size", MOST_IMAGES);
    JsonNode found =
        searches.search(LogCondition.DEFAULT_INDEX, body).at("/aggregations/of/buckets");
    Set<String> images = images(found.path("now"));
    Set<String> imagesBefore = images(found.path("before"));
    Set<String> both = new TreeSet<>(images);
    both.retainAll(imagesBefore);
    images.removeAll(both);
    imagesBefore.removeAll(both);
    if (images.isEmpty()) {
      return before == null || both.isEmpty() ? "" : ", the images are the same";
    }
    return ": " + shown(images) + (imagesBefore.isEmpty() ? "" : ", was " + shown(imagesBefore));
  }

  private static Set<String> images(JsonNode bucket) {
    Set<String> images = new TreeSet<>();
    for (JsonNode image : bucket.path("images").path("buckets")) {
      images.add(image.path("key").asText());
    }
    return images;
  }

  private static String shown(Set<String> images) {
    String text = String.join(", ", images.stream().limit(MOST_SHOWN).toList());
    return images.size() > MOST_SHOWN ? text + ", …" : text;
  }
}
