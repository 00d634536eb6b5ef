package dev.longshore.alerting.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that is wrong, or was: what rules and the API put in, and what notifications tell.
///
/// @param labels what identifies it
/// @param annotations text for people
/// @param startsAt since when it fires
/// @param endsAt when it ended, or will be taken as ended unless it is put again; null while only
///   its rule can end it: a rule whose source can't answer ends nothing
/// @param updatedAt when it was last put
/// @param generatorUrl where its rule can be looked at; may be empty
/// @param origin who put it
/// @param evidence what people want to see with it
public record Alert(
    Labels labels,
    Labels annotations,
    Instant startsAt,
    @Nullable Instant endsAt,
    Instant updatedAt,
    String generatorUrl,
    Origin origin,
    Evidence evidence) {

  /// Who put an alert.
  public enum Origin {
    /// One of our rules, which says itself when it ends.
    RULE,
    /// `POST /api/v2/alerts`, with an end that was given.
    POSTED,
    /// `POST /api/v2/alerts` without an end: it ends unless it comes again.
    POSTED_WITHOUT_END,
    /// Longshore, about itself.
    SELF
  }

  /// What an alert without texts takes on the heap: itself, three times, and its places in maps and
  /// queues, those of a group and its members among them.
  private static final int HEAP_BYTES = 400;

  /// About what it takes on the heap, in bytes.
  public long heapBytes() {
    return HEAP_BYTES
        + labels.heapBytes()
        + annotations.heapBytes()
        + Labels.utf8Bytes(generatorUrl)
        + evidence.heapBytes();
  }

  public Fingerprint fingerprint() {
    return labels.fingerprint();
  }

  public String name() {
    return labels.alertName();
  }

  /// Whether it has ended at a time.
  public boolean isResolvedAt(Instant now) {
    return endsAt != null && !endsAt.isAfter(now);
  }

  public Alert withEndsAt(@Nullable Instant endsAt) {
    return new Alert(
        labels, annotations, startsAt, endsAt, updatedAt, generatorUrl, origin, evidence);
  }

  public Alert withStartsAt(Instant startsAt) {
    return new Alert(
        labels, annotations, startsAt, endsAt, updatedAt, generatorUrl, origin, evidence);
  }

  public Alert withAnnotations(Labels annotations) {
    return new Alert(
        labels, annotations, startsAt, endsAt, updatedAt, generatorUrl, origin, evidence);
  }

  /// The same with the texts of another: annotations, evidence and link.
  public Alert withTextsOf(Alert other) {
    return new Alert(
        labels,
        other.annotations,
        startsAt,
        endsAt,
        updatedAt,
        other.generatorUrl,
        origin,
        other.evidence);
  }

  /// The same, put again at a time.
  public Alert updatedAt(Instant now) {
    return new Alert(labels, annotations, startsAt, endsAt, now, generatorUrl, origin, evidence);
  }
}
