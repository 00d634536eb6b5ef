package dev.longshore.alerting.rule;

/// Where a rule is written.
///
/// @param file as it was found; `namespace/name` of an object in the cluster
/// @param line from 1
public record Place(String file, int line) {

  /// `file:line`.
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
