package dev.longshore.agent.frame;

/// What was counted since the metrics were told, in plain fields: they are added to for each line.
/// One thread.
final class FrameCounts {
  long records;
  long joined;
  long fragments;
  long unparsed;
  long incomplete;

  /// Adds all to the metrics, and starts at zero.
  void tell(FrameMetrics metrics) {
    metrics.add(records, joined, fragments, unparsed, incomplete);
    records = 0;
    joined = 0;
    fragments = 0;
    unparsed = 0;
    incomplete = 0;
  }
}
