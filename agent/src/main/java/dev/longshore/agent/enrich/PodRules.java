package dev.longshore.agent.enrich;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pod's annotations demand, and the operator permits, for one container's logs.
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
/// @param redact patterns that are left out of documents besides those of the configuration; with
///   `-` before it, one that is not
/// @param refusals what the annotations demand and the operator's policy does not permit
public record PodRules(
    boolean excludeStdout,
    boolean excludeStderr,
    String multilineStdout,
    String multilineStderr,
    @Nullable String dataset,
    boolean parseJson,
    List<String> numbers,
    @Nullable Long maxBytesPerSecond,
    OverLimit overLimit,
    List<String> redact,
    List<Refusal> refusals) {

  /// What holds for a pod without annotations.
  public static final PodRules NONE =
      new PodRules(
          false, false, "", "", null, true, List.of(), null, OverLimit.DELAY, List.of(), List.of());

  public PodRules {
    numbers = List.copyOf(numbers);
    redact = List.copyOf(redact);
    refusals = List.copyOf(refusals);
  }

  /// The same for the configured data stream, and why.
  PodRules withoutDataset(Refusal refusal) {
    List<Refusal> all = new ArrayList<>(refusals);
    all.add(refusal);
    return new PodRules(
        excludeStdout,
        excludeStderr,
        multilineStdout,
        multilineStderr,
        null,
        parseJson,
        numbers,
        maxBytesPerSecond,
        overLimit,
        redact,
        all);
  }

  /// Whether the logs go to another data stream than the pod wanted.
  public boolean datasetRefused() {
    return refusals.stream().anyMatch(refusal -> refusal.reason().isOfDataset());
  }

  /// Whether nothing of the container is shipped.
  public boolean excluded() {
    return excludeStdout && excludeStderr;
  }
}
