package dev.longshore.agent.enrich;

import java.util.Arrays;

/// A namespace as the few bytes of it that are shipped. Immutable.
///
/// @param labelsJson a JSON object, or empty when it has none
/// @param truncated how many labels were left out or cut
record NamespaceRecord(String name, byte[] labelsJson, int truncated) {

  @Override
  public boolean equals(Object other) {
    return other instanceof NamespaceRecord that
        && name.equals(that.name)
        && Arrays.equals(labelsJson, that.labelsJson)
        && truncated == that.truncated;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
