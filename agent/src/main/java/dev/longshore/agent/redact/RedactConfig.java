package dev.longshore.agent.redact;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The section `redact` of the configuration: what is left out of the documents of all pods.
///
/// Patterns are named by words: a built-in one, `secrets` or `all` for many, the name of a custom
/// one; with `-` before it, a word takes away what stands before.
///
/// @param patterns words
/// @param custom the operator's own
public record RedactConfig(List<String> patterns, List<CustomPattern> custom) {
  static final String SECRETS = "secrets";
  static final String ALL = "all";

  /// @throws IllegalArgumentException with all problems
  public RedactConfig {
    patterns = List.copyOf(patterns);
    custom = List.copyOf(custom);
    List<String> problems = new ArrayList<>();
    if (custom.size() > CustomPattern.MOST) {
      problems.add(
          "custom has %d patterns; accepted are up to %d"
              .formatted(custom.size(), CustomPattern.MOST));
    }
    Set<String> known = builtInNames();
    for (CustomPattern pattern : custom) {
      if (!known.add(pattern.name())) {
        problems.add("custom has '%s' twice or as a built-in name".formatted(pattern.name()));
      }
    }
    for (String word : patterns) {
      if (!known.contains(withoutMinus(word))) {
        problems.add(
            "patterns has '%s'; known are %s, each also with '-' before it"
                .formatted(word, String.join(", ", known)));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  public static RedactConfig defaults() {
    return new RedactConfig(List.of(SECRETS), List.of());
  }

  private static Set<String> builtInNames() {
    Set<String> names = new LinkedHashSet<>(List.of(SECRETS, ALL));
    for (BuiltIn each : BuiltIn.values()) {
      names.add(each.word());
    }
    return names;
  }

  /// Every word that names patterns.
  public Set<String> names() {
    Set<String> names = builtInNames();
    for (CustomPattern pattern : custom) {
      names.add(pattern.name());
    }
    return names;
  }

  /// How many patterns there are.
  int count() {
    return BuiltIn.values().length + custom.size();
  }

  /// The name of a pattern by its index.
  String name(int index) {
    List<BuiltIn> builtIn = List.of(BuiltIn.values());
    return index < builtIn.size()
        ? builtIn.get(index).word()
        : custom.get(index - builtIn.size()).name();
  }

  /// The patterns that hold for a pod, as bits.
  ///
  /// @param wanted words of the pod's own; those that nobody knows any more are passed over
  public long patternsFor(List<String> wanted) {
    long bits = 0;
    for (int i = 0; i < custom.size(); i++) {
      if (custom.get(i).enabled()) {
        bits |= customBit(i);
      }
    }
    for (String word : patterns) {
      bits = apply(word, bits);
    }
    for (String word : wanted) {
      bits = apply(word, bits);
    }
    return bits;
  }

  private long apply(String word, long bits) {
    long named = bits(withoutMinus(word));
    return word.startsWith("-") ? bits & ~named : bits | named;
  }

  private long bits(String name) {
    long bits = 0;
    for (BuiltIn each : BuiltIn.values()) {
      if (name.equals(ALL)
          || (name.equals(SECRETS) && each.isSecret())
          || name.equals(each.word())) {
        bits |= each.bit();
      }
    }
    for (int i = 0; i < custom.size(); i++) {
      if (name.equals(ALL) || name.equals(custom.get(i).name())) {
        bits |= customBit(i);
      }
    }
    return bits;
  }

  static long customBit(int index) {
    return 1L << (BuiltIn.values().length + index);
  }

  private static String withoutMinus(String word) {
    return word.startsWith("-") ? word.substring(1) : word;
  }
}
