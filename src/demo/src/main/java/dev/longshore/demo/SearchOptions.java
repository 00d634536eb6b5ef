package dev.longshore.demo;

import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `longshore search` was asked for.
///
/// @param url of Elasticsearch, or null for the demo's
record SearchOptions(String query, boolean follow, long limit, String index, @Nullable String url) {
  static final String USAGE =
      """
      usage: ./longshore search [--follow] [--limit N] [--index PATTERN] [--url URL] 'QUERY'
        QUERY      Lucene syntax, for example 'log.level:error AND kubernetes.labels.app:checkout';
                   words without a field are looked for in the message; * finds all
        --follow   goes on with what arrives, until Ctrl-C
        --limit    how many of the newest lines are shown (default 50)
        --index    data streams to search (default logs-*)
        --url      Elasticsearch (default: the running demo's)
      """;

  private static final Set<String> VALUED = Set.of("--limit", "--index", "--url");

  /// @throws Wrong when an argument is wrong
  static SearchOptions parse(List<String> words) throws Wrong {
    Arguments arguments = new Arguments(ordered(words), VALUED, Set.of("--follow"), words.size());
    List<String> query = arguments.operands();
    if (query.isEmpty() || query.getFirst().isBlank()) {
      throw new Wrong("QUERY is required; * finds all");
    }
    if (query.size() > 1) {
      throw new Wrong(
          "unexpected argument '" + query.get(1) + "'; put the whole query into quotes");
    }
    return new SearchOptions(
        query.getFirst(),
        arguments.has("--follow"),
        number(arguments.value("--limit", "50")),
        arguments.value("--index", "logs-*"),
        arguments.value("--url") == null
            ? null
            : arguments.url("--url", "", Set.of("http", "https")).toString());
  }

  /// The words as [Arguments] takes them, queries last: one may begin with Lucene's `-`, as in
  /// `-log.level:info`, and is no option.
  private static List<String> ordered(List<String> words) {
    List<String> options = new ArrayList<>();
    List<String> queries = new ArrayList<>(List.of("--"));
    boolean isValue = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        queries.addAll(words.subList(i + 1, words.size()));
        break;
      }
      String option = word.equals("-f") ? "--follow" : word.equals("-n") ? "--limit" : word;
      (!isValue && word.matches("-[^-].+") ? queries : options).add(option);
      isValue = VALUED.contains(option);
    }
    options.addAll(queries);
    return options;
  }

  private static long number(String text) throws Wrong {
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, for both ways to be wrong.
    }
    throw new Wrong("--limit '" + text + "' is not a number of at least 1");
  }
}
