package dev.longshore.demo;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.StandardOutput;
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

  public static void main(String[] arguments) {
    Logging.start(System.getenv().getOrDefault(Logging.LEVEL_VARIABLE, "error"));
    SearchOptions options;
    try {
      options = SearchOptions.parse(List.of(arguments));
    } catch (Wrong e) {
      System.err.print(SearchOptions.USAGE);
      System.err.println("longshore search: " + e.getMessage());
      System.exit(2);
      return;
    }
    StandardOutput out = StandardOutput.ofProcess();
    int code = run(options, out.stream());
    System.exit(out.exitCode(code, "longshore search", System.err));
  }

  private static int run(SearchOptions options, PrintStream out) {
    try (Elastic elastic = new Elastic(ElasticConfig.of(url(options.url())), Clock.system())) {
      new SearchMain.Run(new Search(elastic), options, out).run();
      return 0;
    } catch (IOException | UncheckedIOException e) {
      System.err.println("longshore search: " + FailureText.of(e));
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
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
  private record Run(Search search, SearchOptions options, PrintStream out) {
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
        out.println(
            search.hasIndex(options.index())
                ? "nothing matches"
                : "nothing is indexed there: no index is named " + options.index());
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
