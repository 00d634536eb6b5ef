package dev.longshore.alerting.logs;

import java.util.ArrayList;
import java.util.List;

/// Another query, asked about some windows at a time: after an outage there are many.
///
/// A search has room for so many buckets, so the more windows it has, the fewer keys are on a page,
/// and each page reads all lines of all windows. Some windows at a time, a page has more keys and
/// reads only their lines: what is read in all does not grow with the number of windows. It is for
/// queries that look at nothing before the windows, for that would be read with each part.
///
/// @param query whose answer about a window does not depend on the others
record PartwiseQuery(LogQuery query) implements LogQuery {

  /// Windows of a part.
  static final int SIZE = 10;

  @Override
  public List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException {
    List<List<LogAnswer.LogSample>> samples = new ArrayList<>();
    for (int from = 0; from < windows.size(); from += SIZE) {
      int to = Math.min(windows.size(), from + SIZE);
      samples.addAll(query.of(new Windows(windows.ends().subList(from, to), windows.within())));
    }
    return samples;
  }
}
