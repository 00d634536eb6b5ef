package dev.longshore.agent.enrich;

import java.util.Arrays;
import java.util.Map;

/// What is known about a container and its pod at one moment. Immutable.
///
/// @param version differs whenever something that is shipped or that rules differs; equal content
///   has an equal version, in another process too
/// @param complete false while the API server has not yet told the container's id or the
///   namespace's labels, which follow within a second or two of a container's start; it can be
///   shipped as it is
/// @param fieldsJson JSON members without the outer braces, UTF-8, as a snapshot wants them;
///   shared, never written to
/// @param control the annotations that control the pod's logs, see [Annotations]
public record PodMetadata(
    long version, boolean complete, byte[] fieldsJson, Map<String, String> control) {

  @Override
  public boolean equals(Object other) {
    return other instanceof PodMetadata that
        && version == that.version
        && complete == that.complete
        && Arrays.equals(fieldsJson, that.fieldsJson)
        && control.equals(that.control);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(version);
  }
}
