package dev.longshore.demo;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.log.Logging;
import dev.longshore.shared.net.FailureText;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// `longshore search`: log lines that match a query, in order, as a person wants to read them.
public final class SearchMain {
  private static final String USAGE =
      """
      usage: ./longshore search [--follow] [--limit N] [--index PATTERN] [--url URL] 'QUERY'
        QUERY      Lucene syntax, for example 'log.level:error AND kubernetes.labels.app:checkout';
                   words without a field are looked for in the message; * finds all
        --follow   goes on with what arrives, until Ctrl-C
        --limit    how many of the newest lines are shown (default 50)
        --index    data streams to search (default logs-*)
        --url      Elasticsearch (default: the running demo's)
      """;

  /// Documents become visible out of order for about this long: the next look overlaps by it.
  private static final long OVERLAP_SECONDS = 10;

  private static final String[] FIELDS = {
    "@timestamp",
    "message",
    "log.level",
    "log.offset",
    "kubernetes.namespace",
    "kubernetes.pod.name",
    "kubernetes.container.name",
    "error.stack_trace"
  };

  private SearchMain() {}

  /// @param url of Elasticsearch, or null for the demo's
  private record Options(
      String query, boolean follow, long limit, String index, @Nullable String url) {
    static Options parse(List<String> arguments) {
      String query = null;
      boolean follow = false;
      long limit = 50;
      String index = "logs-*";
      String url = null;
      for (int i = 0; i < arguments.size(); i++) {
        String argument = arguments.get(i);
        switch (argument) {
          case "--follow", "-f" -> follow = true;
          case "--limit", "-n" -> limit = number(value(arguments, ++i));
          case "--index" -> index = value(arguments, ++i);
          case "--url" -> url = DemoOptions.url("--url", value(arguments, ++i)).toString();
          default -> {
            if (argument.startsWith("--") || query != null) {
              throw new IllegalArgumentException("unexpected argument '" + argument + "'");
            }
            query = argument;
          }
        }
      }
      if (query == null) {
        throw new IllegalArgumentException("QUERY is required");
      }
      return new Options(query, follow, limit, index, url);
    }

    private static String value(List<String> arguments, int at) {
      if (at == arguments.size()) {
        throw new IllegalArgumentException("option " + arguments.get(at - 1) + " requires a value");
      }
      return arguments.get(at);
    }

    private static long number(String text) {
      try {
        long number = Long.parseLong(text);
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, for both ways to be wrong.
      }
      throw new IllegalArgumentException("'" + text + "' is not a number of at least 1");
    }
  }

  public static void main(String[] arguments) {
    Logging.start(System.getenv().getOrDefault(Logging.LEVEL_VARIABLE, "error"));
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.print(USAGE);
      System.err.println("longshore search: " + FailureText.of(e));
      System.exit(2);
      return;
    }
    try (Elastic elastic = new Elastic(ElasticConfig.of(url(options.url())), Clock.system())) {
      new SearchMain.Run(new Search(elastic), options, System.out).run();
    } catch (IOException | UncheckedIOException e) {
      System.err.println("longshore search: " + FailureText.of(e));
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static URI url(@Nullable String stated) throws IOException {
    if (stated != null) {
      return URI.create(stated);
    }
    Path running =
        DemoFolder.newest(ProjectFolder.find().resolve(".longshore"))
            .orElseThrow(
                () ->
                    new IOException(
                        "no demo is running; start one with ./longshore demo, or name an"
                            + " Elasticsearch with --url"));
    return URI.create(Files.readString(running, StandardCharsets.UTF_8).strip());
  }

  /// One search, and what follows.
  private record Run(Search search, Options options, PrintStream out) {
    void run() throws IOException, InterruptedException {
      Deque<Search.Hit> newest = new ArrayDeque<>();
      search.each(
          new Search.Query(
              options.index(), options.query(), List.of(FIELDS), true, options.limit()),
          hit -> {
            newest.addFirst(hit);
            return true;
          });
      if (newest.isEmpty() && !options.follow()) {
        out.println("nothing matches");
        return;
      }
      Set<String> seen = new HashSet<>();
      for (Search.Hit hit : newest) {
        print(hit);
        seen.add(hit.id());
      }
      // Who has read enough, as `head` has, closes the pipe.
      while (options.follow() && !out.checkError()) {
        TimeUnit.SECONDS.sleep(1);
        Set<String> recent = new HashSet<>();
        search.each(
            Search.Query.all(
                options.index(),
                "(" + options.query() + ") AND @timestamp:[now-" + OVERLAP_SECONDS + "s TO *]",
                FIELDS),
            hit -> {
              recent.add(hit.id());
              if (!seen.contains(hit.id())) {
                print(hit);
              }
              return true;
            });
        seen.addAll(recent);
        if (seen.size() > 100_000) {
          seen.retainAll(recent);
        }
      }
    }

    private void print(Search.Hit hit) {
      String level = hit.text("log", "level");
      out.printf(
          "%s %-5s %s/%s %s%n",
          text(hit.text("@timestamp")),
          level == null ? "-" : level.toUpperCase(Locale.ROOT),
          text(hit.text("kubernetes", "namespace")),
          text(hit.text("kubernetes", "pod", "name")),
          text(hit.text("message")).replace("\n", "\n    "));
    }

    private static String text(@Nullable String value) {
      return value == null ? "-" : value;
    }
  }
}
