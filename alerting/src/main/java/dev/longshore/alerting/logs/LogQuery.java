package dev.longshore.alerting.logs;

import java.util.List;

/// How a kind of test is asked: for each window, what it is true for.
interface LogQuery {

  /// @return for each of the windows, in their order
  List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException;
}
