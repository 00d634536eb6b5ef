package dev.longshore.gotemplate;

import dev.longshore.gotemplate.TemplateException.Kind;
import org.jspecify.annotations.Nullable;

/// What one execution may cost: it counts down, and fails when nothing is left.
final class Bounds {

  /// Enough for a message of 5,000 alerts; about a tenth of a second.
  private static final long MAX_STEPS = 1_000_000;

  /// Enough for what has no data.
  private static final long STEPS_TO_TRY = 20_000;

  /// No text that a template makes or holds is longer, in characters.
  static final int MAX_LENGTH = 1 << 20;

  /// All that functions are given and make in one execution, in characters and elements.
  private static final long MAX_WEIGHT = 32L << 20;

  /// Of templates that call each other, and of what is nested in them.
  private static final int MAX_DEPTH = 400;

  private static final int MAX_CALLS = 100;

  private final long maxSteps;
  private long steps;
  private long weight;
  private int depth;
  private int calls;

  private Bounds(long maxSteps) {
    this.maxSteps = maxSteps;
  }

  /// Of a template that is run in earnest.
  static Bounds whole() {
    return new Bounds(MAX_STEPS);
  }

  /// Of a template that is tried with nothing.
  static Bounds ofTrial() {
    return new Bounds(STEPS_TO_TRY);
  }

  void step() throws TemplateException {
    if (++steps > maxSteps) {
      throw exceeded("it takes more than " + maxSteps + " steps; does it loop?");
    }
  }

  /// Counts a value that a function is given, or made.
  void weigh(@Nullable Object value) throws TemplateException {
    long added = Values.weight(value);
    weight += added;
    if (added > MAX_LENGTH) {
      throw tooLong();
    }
    if (weight > MAX_WEIGHT) {
      throw exceeded("its functions work on more than " + MAX_WEIGHT + " characters in all");
    }
  }

  void enter() throws TemplateException {
    if (++depth > MAX_DEPTH) {
      throw exceeded("it is nested deeper than " + MAX_DEPTH + " levels");
    }
  }

  void leave() {
    depth--;
  }

  void enterCall() throws TemplateException {
    if (++calls > MAX_CALLS) {
      throw exceeded("templates call each other deeper than " + MAX_CALLS + " levels");
    }
  }

  void leaveCall() {
    calls--;
  }

  static TemplateException tooLong() {
    return exceeded("it makes a text of more than " + MAX_LENGTH + " characters");
  }

  static TemplateException exceeded(String what) {
    return new TemplateException(Kind.LIMIT, what);
  }
}
