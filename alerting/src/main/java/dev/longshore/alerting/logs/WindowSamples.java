package dev.longshore.alerting.logs;

import dev.longshore.alerting.logs.LogAnswer.LogSample;
import java.util.ArrayList;
import java.util.List;

/// What was found so far, window by window.
final class WindowSamples {
  private final List<List<LogSample>> samples = new ArrayList<>();
  private final List<String> fields;

  /// @param fields whose values the keys are made of
  WindowSamples(Windows windows, List<String> fields) {
    this.fields = fields;
    for (int i = 0; i < windows.size(); i++) {
      samples.add(new ArrayList<>());
    }
  }

  void add(int window, Key key, double value) {
    samples.get(window).add(new LogSample(key.labels(fields), value));
  }

  /// The same where limits are held against another figure.
  void add(int window, Key key, double value, double measured) {
    samples.get(window).add(new LogSample(key.labels(fields), value, measured));
  }

  List<List<LogSample>> samples() {
    return samples;
  }
}
