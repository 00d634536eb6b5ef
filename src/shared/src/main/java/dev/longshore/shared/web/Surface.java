package dev.longshore.shared.web;

import java.util.Locale;

/// A part of what a product serves, which can have a listener of its own.
public enum Surface {
  /// Liveness and readiness: without a login, under any name of the host.
  PROBES,
  /// Metrics: under any name of the host, as scrapers use whatever name or address they discover.
  METRICS,
  /// The state as JSON.
  STATUS,
  /// The API.
  API,
  /// The page for people.
  PAGE;

  /// The configuration's word.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The part of a word.
  public static Surface of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// Whether the header `Host` must be one of ours.
  boolean checksHost() {
    return this != PROBES && this != METRICS;
  }
}
