package dev.longshore.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The agent as users run it, between a corpus of logs with its pods in an API server, and a sink:
/// all that a measurement or a training run needs.
final class Rig implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(200);

  private final BenchNode node;
  private final LogCorpus corpus;

  /// Writes the corpus.
  ///
  /// @param folder everything lies in it; emptied first
  Rig(Path folder, long lines) throws IOException {
    node = new BenchNode(folder, LogCorpus.CONTAINERS);
    corpus = new LogCorpus(node.logs(), lines);
    corpus.write();
  }

  LogCorpus corpus() {
    return corpus;
  }

  BenchNode node() {
    return node;
  }

  /// What shipping the corpus took.
  ///
  /// @param cost of the whole agent process, from its start until the last record was acknowledged
  /// @param seconds wall time of the same
  record Run(ProcessCost cost, double seconds) {}

  /// Ships the corpus with a new agent that has an empty buffer.
  ///
  /// @param jvmOptions on top of the agent's own
  /// @throws IOException when the agent ends early, takes too long, or indexes a wrong number
  Run ship(List<String> jvmOptions) throws IOException {
    return ship(SinkProcess.Wire.PLAIN, jvmOptions);
  }

  /// Ships the corpus with a new agent that has an empty buffer.
  ///
  /// @param wire to the sink
  /// @param jvmOptions as above
  /// @throws IOException as above
  Run ship(SinkProcess.Wire wire, List<String> jvmOptions) throws IOException {
    try (SinkProcess sink = SinkProcess.start(node.folder().resolve("sink.log"), wire)) {
      return ship(sink.url(), wire.keys(), jvmOptions);
    }
  }

  /// Ships the corpus with a new agent that has an empty buffer.
  ///
  /// @param elasticsearch where to
  /// @param keys more of the section `elasticsearch` of its configuration; may be empty
  /// @param jvmOptions as above
  /// @throws IOException as above
  Run ship(URI elasticsearch, String keys, List<String> jvmOptions) throws IOException {
    try (AgentRun agent = node.start(elasticsearch, keys, List.of(), jvmOptions)) {
      AgentRun.Progress done = agent.untilAllIndexed(corpus.records(), EVERY);
      agent.end();
      return new Run(done.cost(), done.seconds());
    }
  }

  @Override
  public void close() throws IOException {
    node.close();
  }
}
