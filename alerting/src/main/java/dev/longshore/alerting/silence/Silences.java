package dev.longshore.alerting.silence;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.SilenceNote;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// All silences, and what is done with them. Owned by the alerting loop; every method is called on
/// it.
public final class Silences {

  /// How long one is remembered after its end: Alertmanager's `--data.retention`.
  public static final Duration RETENTION = Duration.ofDays(5);

  /// More are not kept, those that have ended among them: each is compared with each alert.
  public static final int MAX_SILENCES = 10_000;

  /// The texts of all of them are not longer, in characters.
  static final int MAX_CHARACTERS = 16 << 20;

  /// How long silences are compared with alerts in one turn of the loop: an expression may take
  /// long, and alerts go on being told.
  static final Duration COMPARED_AT_A_TIME = Duration.ofMillis(250);

  /// Then the loop does other things.
  static final Duration BETWEEN_COMPARISONS = Duration.ofMillis(250);

  private final Map<String, Silence> byId = new LinkedHashMap<>();

  /// The ids of those of which a matcher can't be used.
  private final Set<String> unusable = new HashSet<>();

  private final SilenceMarks marks = new SilenceMarks(this::hasTime);
  private final SilenceStore store;
  private final Clock clock;
  private final Loop loop;
  private final RandomGenerator random;
  private final Runnable changed;
  private final SilencesMetrics metrics;
  private final RateLimitedLogger log;

  /// Of the texts of all of them.
  private long characters;

  private Loop.@Nullable Timer next;

  /// Whether silences were compared in this turn, and when that is enough, in nanoseconds.
  private boolean comparing;

  private long enoughAt;

  /// @param changed told when the set of active silences is another one
  public Silences(
      SilenceStore store,
      Clock clock,
      Loop loop,
      RandomGenerator random,
      Runnable changed,
      SilencesMetrics metrics) {
    this.store = store;
    this.clock = clock;
    this.loop = loop;
    this.random = random;
    this.changed = changed;
    this.metrics = metrics;
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(Silences.class), clock, Duration.ofMinutes(1));
  }

  /// Takes up what was there before a restart.
  public void start() {
    Instant now = clock.now();
    for (Silence silence : store.all()) {
      keep(silence);
      if (silence.state(now) != Silence.State.EXPIRED) {
        SilenceStore.logProblems(silence);
      }
    }
    forgetOld();
    scheduleNext();
  }

  /// Makes a silence or changes one; it is written at the end of the turn.
  ///
  /// @return its id; another one than the request's where the old one had to be ended
  /// @throws IllegalArgumentException when the request is not sound, or there is no room for it
  /// @throws NoSuchSilenceException when it names one that is not there
  public String put(SilenceRequest request) {
    Instant now = clock.now();
    request.check(now);
    if (request.id().isEmpty()) {
      return create(request, List.of(), now);
    }
    Silence old = get(request.id());
    if (canBeChanged(old, request, now)) {
      Silence other = of(old.id(), request, request.startsAt(), now);
      makeRoom(other, now);
      return save(List.of(other)).getLast().id();
    }
    return create(
        request,
        old.state(now) == Silence.State.EXPIRED ? List.of() : List.of(old.endingAt(now, now)),
        now);
  }

  private static boolean canBeChanged(Silence old, SilenceRequest request, Instant now) {
    if (!old.matchers().equals(request.matchers())) {
      return false;
    }
    return switch (old.state(now)) {
      case ACTIVE ->
          old.startsAt().getEpochSecond() == request.startsAt().getEpochSecond()
              && !request.endsAt().isBefore(now);
      case PENDING -> !request.startsAt().isBefore(now);
      case EXPIRED -> false;
    };
  }

  private String create(SilenceRequest request, List<Silence> ended, Instant now) {
    // A silence does not reach into the past: nothing was silenced then.
    Instant start = request.startsAt().isBefore(now) ? now : request.startsAt();
    String id = randomId();
    Silence silence = of(id, request, start, now);
    makeRoom(silence, now);
    List<Silence> all = new ArrayList<>(ended);
    all.add(silence);
    return save(all).getLast().id();
  }

  /// Forgets silences that have ended, those that ended longest ago first, until there is room for
  /// another; none where that would not be enough.
  ///
  /// @throws IllegalArgumentException when there is no room
  private void makeRoom(Silence silence, Instant now) {
    Silence before = byId.get(silence.id());
    int count = byId.size() + (before == null ? 1 : 0);
    long length = characters + silence.characters() - (before == null ? 0 : before.characters());
    if (count <= MAX_SILENCES && length <= MAX_CHARACTERS) {
      return;
    }
    List<Silence> ended =
        byId.values().stream()
            .filter(it -> it.state(now) == Silence.State.EXPIRED)
            .sorted(Comparator.comparing(Silence::endsAt))
            .toList();
    List<Silence> forgotten = new ArrayList<>();
    for (Silence old : ended) {
      if (count <= MAX_SILENCES && length <= MAX_CHARACTERS) {
        break;
      }
      count--;
      length -= old.characters();
      forgotten.add(old);
    }
    if (count > MAX_SILENCES || length > MAX_CHARACTERS) {
      metrics.refused();
      throw new IllegalArgumentException(
          "there are "
              + (byId.size() - ended.size())
              + " silences that have not ended; at most "
              + MAX_SILENCES
              + " are taken, with "
              + MAX_CHARACTERS
              + " characters in all. End some, or write one that covers what several do");
    }
    forget(forgotten);
  }

  /// A UUID of version 4, from the source of randomness that was given.
  private String randomId() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(high, low).toString();
  }

  private static Silence of(String id, SilenceRequest request, Instant start, Instant now) {
    return new Silence(
        id,
        request.matchers(),
        start,
        request.endsAt(),
        now,
        request.createdBy(),
        request.comment(),
        request.annotations());
  }

  /// Ends one now. One that has ended stays as it is.
  ///
  /// @throws NoSuchSilenceException when there is none with this id
  public void expire(String id) {
    Silence silence = get(id);
    Instant now = clock.now();
    if (silence.state(now) != Silence.State.EXPIRED) {
      save(List.of(silence.endingAt(now, now)));
    }
  }

  private List<Silence> save(List<Silence> silences) {
    store.save(silences);
    silences.forEach(this::keep);
    scheduleNext();
    changed.run();
    return silences;
  }

  private void keep(Silence silence) {
    Silence before = byId.put(silence.id(), silence);
    characters += silence.characters() - (before == null ? 0 : before.characters());
    marks.put(silence);
    if (silence.problem() == null) {
      unusable.remove(silence.id());
    } else {
      unusable.add(silence.id());
    }
    count();
  }

  private void count() {
    metrics.known(byId.size());
    metrics.unusable(unusable.size());
  }

  /// @throws NoSuchSilenceException when there is none with this id
  public Silence get(String id) {
    Silence silence = byId.get(id);
    if (silence == null) {
      throw new NoSuchSilenceException(id);
    }
    return silence;
  }

  /// What people are told of one; null when there is none with this id.
  public @Nullable SilenceNote note(String id) {
    Silence silence = byId.get(id);
    return silence == null
        ? null
        : new SilenceNote(silence.createdBy(), silence.endsAt(), silence.comment());
  }

  public List<Silence> all() {
    return List.copyOf(byId.values());
  }

  /// The ids of those that are active and match, in the order they were made.
  public List<String> silencing(Labels labels, Instant now) {
    List<String> ids = List.of();
    for (Silence silence : marks.matching(labels)) {
      if (silence.state(now) == Silence.State.ACTIVE) {
        ids = ids.isEmpty() ? new ArrayList<>() : ids;
        ids.add(silence.id());
      }
    }
    return ids;
  }

  private boolean hasTime() {
    long now = clock.nanoTime();
    if (!comparing) {
      comparing = true;
      enoughAt = now + COMPARED_AT_A_TIME.toNanos();
      loop.execute(this::turnEnded);
    }
    return now - enoughAt < 0;
  }

  private void turnEnded() {
    if (marks.isBehind()) {
      loop.in(BETWEEN_COMPARISONS, this::goOn);
      log.warn(
          "behind",
          event ->
              event.setMessage(
                  "Silences are not all compared with all alerts yet: their expressions take long"));
    } else {
      comparing = false;
    }
  }

  /// Until then nothing is compared, so that others have the loop.
  private void goOn() {
    comparing = false;
    if (marks.catchUp()) {
      changed.run();
    }
  }

  /// Sets a timer for the next start or end.
  private void scheduleNext() {
    if (next != null) {
      next.cancel();
      next = null;
    }
    Instant now = clock.now();
    Instant soonest = null;
    for (Silence silence : byId.values()) {
      for (Instant edge : List.of(silence.startsAt(), silence.endsAt())) {
        if (edge.isAfter(now) && (soonest == null || edge.isBefore(soonest))) {
          soonest = edge;
        }
      }
    }
    if (soonest != null) {
      next = loop.at(soonest, this::edge);
    }
  }

  /// Looks at all ends anew, for the wall clock has jumped: a silence lasts until the time that was
  /// given.
  public void clockJumped() {
    edge();
  }

  private void edge() {
    forgetOld();
    scheduleNext();
    changed.run();
  }

  private void forgetOld() {
    Instant before = clock.now().minus(RETENTION);
    forget(byId.values().stream().filter(it -> it.endsAt().isBefore(before)).toList());
  }

  private void forget(List<Silence> silences) {
    if (silences.isEmpty()) {
      return;
    }
    for (Silence silence : silences) {
      byId.remove(silence.id());
      characters -= silence.characters();
      marks.remove(silence.id());
      unusable.remove(silence.id());
    }
    store.remove(silences.stream().map(Silence::id).toList());
    count();
  }
}
