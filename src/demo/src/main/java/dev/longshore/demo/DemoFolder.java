package dev.longshore.demo;

import dev.longshore.testkit.ClaimedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of one run of the demo, `demo`, or `demo-2` and so on beside others that run.
final class DemoFolder implements AutoCloseable {
  /// Where a running demo's Elasticsearch is, for `longshore search`.
  static final String ELASTICSEARCH_URL = "elasticsearch-url";

  private static final String NAME = "demo";
  private static final int MOST = 9;

  private final ClaimedFolder claimed;

  private DemoFolder(ClaimedFolder claimed) {
    this.claimed = claimed;
  }

  /// Claims the first that no other process uses, and empties it.
  ///
  /// @param parent where they are
  /// @throws IOException when too many run
  static DemoFolder claim(Path parent) throws IOException {
    for (int i = 1; i <= MOST; i++) {
      Optional<ClaimedFolder> claimed =
          ClaimedFolder.claim(parent.resolve(i == 1 ? NAME : NAME + "-" + i));
      if (claimed.isPresent()) {
        return new DemoFolder(claimed.get());
      }
    }
    throw new IOException(MOST + " demos run in " + parent + " already; end one of them");
  }

  /// The Elasticsearch of the demo that was started last, of those that run.
  static Optional<Path> newest(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(parent)) {
      return folders
          .filter(it -> it.getFileName().toString().matches(NAME + "(-\\d)?"))
          .filter(it -> Files.exists(it.resolve(ELASTICSEARCH_URL)) && ClaimedFolder.isInUse(it))
          .map(it -> it.resolve(ELASTICSEARCH_URL))
          .max(Comparator.comparingLong(it -> it.toFile().lastModified()));
    }
  }

  Path path() {
    return claimed.path();
  }

  @Override
  public void close() throws IOException {
    claimed.close();
  }
}
