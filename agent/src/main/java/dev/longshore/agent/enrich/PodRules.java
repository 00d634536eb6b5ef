package dev.longshore.agent.enrich;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pod's annotations demand for one container's logs.
///
/// @param excludeStdout whether stdout is not shipped
/// @param excludeStderr whether stderr is not shipped
/// @param multilineStdout how stdout's lines are joined: a name as in `frame.multiline`, or empty
///   for the configuration's
/// @param multilineStderr the same for stderr
/// @param dataset the data stream's dataset, or null for the configuration's
/// @param parseJson whether a body that is a JSON object is parsed
/// @param numbers leaves of the JSON body that are indexed as numbers, besides the configuration's
/// @param maxBytesPerSecond how much of the container's logs is shipped at most, or null for no
///   limit
/// @param overLimit what becomes of the rest
public record PodRules(
    boolean excludeStdout,
    boolean excludeStderr,
    String multilineStdout,
    String multilineStderr,
    @Nullable String dataset,
    boolean parseJson,
    List<String> numbers,
    @Nullable Long maxBytesPerSecond,
    OverLimit overLimit) {

  /// What holds for a pod without annotations.
  public static final PodRules NONE =
      new PodRules(false, false, "", "", null, true, List.of(), null, OverLimit.DELAY);

  public PodRules {
    numbers = List.copyOf(numbers);
  }

  /// Whether nothing of the container is shipped.
  public boolean excluded() {
    return excludeStdout && excludeStderr;
  }
}
