package dev.longshore.bench;

import java.io.IOException;
import java.util.List;

/// A measurement that prints a table of its own and writes no JSON.
record TableBench(String option, String summary, List<Option> options, Work work) implements Bench {
  /// Measures and prints.
  interface Work {
    void run(Settings settings) throws IOException, InterruptedException;
  }
}
