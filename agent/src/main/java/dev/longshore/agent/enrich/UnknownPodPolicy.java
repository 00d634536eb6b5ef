package dev.longshore.agent.enrich;

import java.util.List;
import java.util.Locale;

/// What becomes of the logs of a pod of which neither the API server nor the disk has told yet.
public enum UnknownPodPolicy {
  /// They wait in their files until there is an answer: no `exclude` is ever passed over.
  WAIT,

  /// They are shipped after `kubernetes.metadataWait` with what their path says, and an `exclude`
  /// of the pod is not honoured until it is known.
  SHIP;

  /// As the configuration writes them.
  public static final List<String> WORDS = List.of(WAIT.word(), SHIP.word());

  /// The one of that word.
  ///
  /// @throws IllegalArgumentException when it is none of [#WORDS]
  public static UnknownPodPolicy of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// As the configuration writes it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
