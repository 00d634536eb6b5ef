package dev.longshore.alerting.oncall;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Who is on call when: layers, of which a later one takes precedence where it has somebody, and
/// substitutions, which take precedence over all layers, a later one over an earlier.
///
/// @param zone in which its times are meant and shown
/// @param substitutions the `overrides` of the file
/// @param gapsAllowed whether it is wanted that nobody is on call at times
/// @param line where it stands in the file
public record Rotation(
    String name,
    ZoneId zone,
    List<Layer> layers,
    List<Substitution> substitutions,
    boolean gapsAllowed,
    int line) {

  /// No schedule is looked at for longer.
  public static final Duration FURTHEST = Duration.ofDays(366);

  public static final Duration WEEK = Duration.ofDays(7);

  /// For so long a gap is looked for at least.
  private static final Duration AHEAD = Duration.ofDays(28);

  public Rotation {
    layers = List.copyOf(layers);
    substitutions = List.copyOf(substitutions);
  }

  /// Who is on call; null when nobody is.
  public @Nullable String at(Instant moment) {
    for (Substitution substitution : substitutions.reversed()) {
      if (substitution.contains(moment)) {
        return substitution.person();
      }
    }
    for (Layer layer : layers.reversed()) {
      String person = layer.at(moment);
      if (person != null) {
        return person;
      }
    }
    return null;
  }

  /// Who is on call next: the first other person, within [#FURTHEST]; null when nobody else is.
  public @Nullable String after(Instant moment) {
    String now = at(moment);
    Instant end = moment.plus(FURTHEST);
    for (Instant at = nextBoundary(moment); at.isBefore(end); at = nextBoundary(at)) {
      String person = at(at);
      if (person != null && !person.equals(now)) {
        return person;
      }
    }
    return null;
  }

  /// The shifts from one moment to another, one after the other, also those of nobody.
  public List<Shift> shifts(Instant from, Instant to) {
    List<Shift> shifts = new ArrayList<>();
    Instant begin = from;
    String person = at(from);
    for (Instant at = nextBoundary(from); at.isBefore(to); at = nextBoundary(at)) {
      String next = at(at);
      if (!Objects.equals(next, person)) {
        shifts.add(new Shift(person, begin, at));
        person = next;
        begin = at;
      }
    }
    shifts.add(new Shift(person, begin, to));
    return shifts;
  }

  private Instant nextBoundary(Instant after) {
    Instant next = Instant.MAX;
    for (Layer layer : layers) {
      next = earlier(next, layer.nextBoundary(after));
    }
    for (Substitution substitution : substitutions) {
      for (Instant edge : List.of(substitution.from(), substitution.to())) {
        if (edge.isAfter(after)) {
          next = earlier(next, edge);
        }
      }
    }
    return next;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// When nobody is on call, from a moment on, until all have had their turn twice.
  public List<Shift> gaps(Instant from) {
    Duration ahead = AHEAD;
    for (Layer layer : layers) {
      Duration twice = layer.cycle().multipliedBy(2);
      ahead = twice.compareTo(ahead) > 0 ? twice : ahead;
    }
    ahead = ahead.compareTo(FURTHEST) > 0 ? FURTHEST : ahead;
    return shifts(from, from.plus(ahead)).stream().filter(it -> it.person() == null).toList();
  }
}
