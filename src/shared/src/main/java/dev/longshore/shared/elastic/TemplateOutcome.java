package dev.longshore.shared.elastic;

/// What the installation of an index template found and did.
public enum TemplateOutcome {
  /// It was missing, older or configured differently, and is now ours.
  INSTALLED,
  /// It was there already, or a newer one of ours is.
  PRESENT,
  /// One that Longshore did not write has its name; it was left alone.
  FOREIGN
}
