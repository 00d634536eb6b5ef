package dev.longshore.alerting.alert;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.longshore.shared.regex.RegexLimits;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A condition on one label; a label that is not there is the empty text.
///
/// Regular expressions are RE2's, as in Prometheus, and match the whole value. One that would take
/// more than [#MAX_STEPS] steps with a value matches nothing then, whatever the operator.
public final class Matcher {

  /// How a value is compared.
  public enum Op {
    EQUAL("="),
    NOT_EQUAL("!="),
    MATCHES("=~"),
    DOES_NOT_MATCH("!~");

    private final String sign;

    Op(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    /// The operator whose sign stands in a text at `at`; null where none does.
    public static @Nullable Op in(String text, int at) {
      Op found = null;
      for (Op op : values()) {
        if (text.startsWith(op.sign, at)
            && (found == null || op.sign.length() > found.sign.length())) {
          found = op;
        }
      }
      return found;
    }

    public boolean isRegex() {
      return this == MATCHES || this == DOES_NOT_MATCH;
    }

    public boolean isPositive() {
      return this == EQUAL || this == MATCHES;
    }
  }

  /// Instructions of an expression times characters of a value: 4,000 instructions with a value of
  /// 1,000 characters, some 0.1 s at worst.
  static final long MAX_STEPS = 4_000_000;

  /// The name of what stands for a text that can't be read; no alert has such a label.
  private static final String UNREADABLE = "__unreadable__";

  private static final String RESERVED = "{}!=~,\\\"'`";

  private final String name;
  private final Op op;
  private final String value;

  /// The value in the key of a group.
  private final String keyValue;

  /// What is looked up, where the expression is words alone; else null.
  private final @Nullable Set<String> words;

  /// What is searched with, where the expression is more than words; else null.
  private final @Nullable Pattern pattern;

  /// Of the pattern, about.
  private final long instructions;

  private final @Nullable String problem;

  /// @throws IllegalArgumentException when a regular expression is not RE2's
  public Matcher(String name, Op op, String value) {
    this(name, op, value, false);
  }

  private Matcher(String name, Op op, String value, boolean isOfMatchRe) {
    this.name = name;
    this.op = op;
    this.value = value;
    this.keyValue = isOfMatchRe ? "^(?:" + value + ")$" : value;
    this.words = op.isRegex() ? Words.of(value) : null;
    boolean isSearched = op.isRegex() && words == null;
    this.pattern = isSearched ? compiled(value) : null;
    this.instructions = isSearched ? RegexLimits.check(value) : 0;
    this.problem = null;
  }

  private Matcher(String name, Op op, String value, String problem) {
    this.name = name;
    this.op = op;
    this.value = value;
    this.keyValue = value;
    this.words = null;
    this.pattern = null;
    this.instructions = 0;
    this.problem = problem;
  }

  /// One of `match_re`, whose expression Alertmanager writes with what anchors it in keys.
  ///
  /// @throws IllegalArgumentException when the expression is not RE2's
  public static Matcher ofMatchRe(String name, String expression) {
    return new Matcher(name, Op.MATCHES, expression, true);
  }

  /// One that was taken once, perhaps by another version: where its expression is refused now it
  /// matches nothing, whatever its operator, and has a [#problem].
  static Matcher stored(String name, Op op, String value) {
    try {
      return new Matcher(name, op, value);
    } catch (IllegalArgumentException e) {
      return new Matcher(name, op, value, String.valueOf(e.getMessage()));
    }
  }

  /// What stands for a text that is not one of matchers: it is the value, and matches nothing.
  static Matcher unreadable(String text, String problem) {
    return new Matcher(UNREADABLE, Op.EQUAL, text, problem);
  }

  private static Pattern compiled(String expression) {
    return compiled(expression, Pattern.DOTALL);
  }

  /// A regular expression that matches the whole of a text.
  ///
  /// @param flags those of RE2/J
  /// @throws IllegalArgumentException when it is not RE2's, or larger than what is compiled
  public static Pattern compiled(String expression, int flags) {
    try {
      RegexLimits.check(expression);
      return Pattern.compile("^(?:" + expression + ")$", flags);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'"
              + expression
              + "' is not a regular expression: "
              + e.getDescription()
              + "; write one in RE2 syntax (no look-around, no back-references)",
          e);
    }
  }

  public String name() {
    return name;
  }

  public Op op() {
    return op;
  }

  public String value() {
    return value;
  }

  /// Why it can match nothing; null where it can.
  public @Nullable String problem() {
    return problem;
  }

  public boolean matches(Labels labels) {
    return matches(labels.get(name));
  }

  /// Whether a label's value, empty when there is none, is what is asked for.
  public boolean matches(String labelValue) {
    if (problem != null) {
      return false;
    }
    boolean found;
    if (words != null) {
      found = words.contains(labelValue);
    } else if (pattern != null) {
      if (instructions * labelValue.length() > MAX_STEPS) {
        return false;
      }
      found = pattern.matcher(labelValue).matches();
    } else {
      found = value.equals(labelValue);
    }
    return found == op.isPositive();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matcher matcher
        && name.equals(matcher.name)
        && op == matcher.op
        && value.equals(matcher.value)
        && (problem == null) == (matcher.problem == null);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, op, value);
  }

  /// As Prometheus writes it: `severity=~"page|ticket"`; a name with other characters than those of
  /// classic labels is quoted too.
  @Override
  public String toString() {
    return (isClassic(name) ? name : Labels.quoted(name)) + op.sign + Labels.quoted(value);
  }

  /// As Alertmanager writes it in the key of a group.
  String inKey() {
    boolean reserved =
        name.isEmpty()
            || name.chars().anyMatch(it -> RESERVED.indexOf(it) >= 0 || Character.isWhitespace(it));
    return (reserved ? Labels.quoted(name) : name) + op.sign + Labels.quoted(keyValue);
  }

  String keyValue() {
    return keyValue;
  }

  static boolean isClassic(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
