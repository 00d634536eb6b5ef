package dev.longshore.bench;

import java.io.IOException;

/// A measurement of the agent: it has a name in the JSON file, can be repeated, and is part of
/// `longshore bench --all`.
sealed interface Row extends Bench
    permits ThroughputBench,
        SteadyBench,
        RateBench,
        TrickleBench,
        StartBench,
        BacklogBench,
        ChainBench {
  /// Under which its figures stand in the JSON file; stable.
  String key();

  /// How often it is run where nobody says.
  default int runs(Scale scale) {
    return scale == Scale.WHOLE ? 3 : 1;
  }

  /// Measures once.
  ///
  /// @throws IOException when something that takes part fails, or what arrives is not what was
  ///   written
  Report measure(Settings settings) throws IOException, InterruptedException;
}
