package dev.longshore.agent.deadletter;

import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.PreparedTransport;
import dev.longshore.agent.deadletter.DeadLetterStore.Stored;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticGenerations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// All dead letters that can be reached from here: those in Elasticsearch, then those on this
/// node's disk. A place that can't be read keeps nobody from the other. One thread.
public final class DeadLetters {
  private final List<DeadLetterStore> stores;
  private final Replay replay;

  /// Takes letters.
  @FunctionalInterface
  public interface Visitor {
    /// @param place where it lies, for people
    void letter(Stored letter, String place) throws IOException;
  }

  /// Told how far a replay is.
  @FunctionalInterface
  public interface Progress {
    void replayed(Summary soFar);
  }

  /// What came of a replay.
  ///
  /// @param indexed Elasticsearch took them
  /// @param alreadyThere an earlier attempt had indexed them; taken away like those
  /// @param refusedAgain stay, with the new reason
  /// @param unsendable stay as they are: they hold no document
  /// @param problems what kept others from being read or sent
  public record Summary(
      long indexed, long alreadyThere, long refusedAgain, long unsendable, List<String> problems) {
    static final Summary NOTHING = new Summary(0, 0, 0, 0, List.of());

    public long letters() {
      return indexed + alreadyThere + refusedAgain + unsendable;
    }

    /// Whether none is left behind.
    public boolean complete() {
      return problems.isEmpty() && refusedAgain == 0 && unsendable == 0;
    }

    Summary plus(Replay.Fate fate) {
      return switch (fate) {
        case INDEXED -> new Summary(indexed + 1, alreadyThere, refusedAgain, unsendable, problems);
        case ALREADY_THERE ->
            new Summary(indexed, alreadyThere + 1, refusedAgain, unsendable, problems);
        case REFUSED_AGAIN ->
            new Summary(indexed, alreadyThere, refusedAgain + 1, unsendable, problems);
        case UNSENDABLE ->
            new Summary(indexed, alreadyThere, refusedAgain, unsendable + 1, problems);
      };
    }

    Summary with(String problem) {
      List<String> all = new ArrayList<>(problems);
      all.add(problem);
      return new Summary(indexed, alreadyThere, refusedAgain, unsendable, List.copyOf(all));
    }
  }

  DeadLetters(List<DeadLetterStore> stores, Replay replay) {
    this.stores = stores;
    this.replay = replay;
  }

  /// @param ownsTemplate which data streams get our index template before they are sent to
  /// @param installer of the index templates of those
  /// @param stillRunning how long a request of somebody else may go on at the server: after a
  ///   rollover nothing is sent before
  public static DeadLetters of(
      Elastic elastic,
      Predicate<String> ownsTemplate,
      PreparedTransport.Installer installer,
      DiskStore disk,
      Duration stillRunning,
      Clock clock) {
    PreparedTransport transport =
        new PreparedTransport(
            elastic::bulk, ownsTemplate, installer, Thread::startVirtualThread, clock);
    InDoubtResolver doubts =
        new InDoubtResolver(
            transport,
            new ElasticGenerations(elastic),
            Thread::startVirtualThread,
            clock,
            stillRunning);
    return new DeadLetters(List.of(new IndexStore(elastic), disk), new Replay(doubts, clock));
  }

  /// Gives letters to `visitor`.
  ///
  /// @param limit how many at most
  /// @return what kept others from being read; empty when all were
  public List<String> each(DeadLetterFilter filter, long limit, Visitor visitor)
      throws IOException {
    List<String> problems = new ArrayList<>();
    long[] left = {limit};
    for (DeadLetterStore store : stores) {
      if (left[0] <= 0) {
        break;
      }
      try {
        store.each(
            filter,
            page -> {
              for (Stored stored : page) {
                if (left[0] <= 0) {
                  return false;
                }
                left[0]--;
                try {
                  visitor.letter(stored, store.name());
                } catch (IOException e) {
                  throw new VisitorFailed(e);
                }
              }
              return left[0] > 0;
            });
      } catch (VisitorFailed e) {
        throw e.failure;
      } catch (IOException e) {
        problems.add(store.name() + ": " + e.getMessage());
      }
    }
    return problems;
  }

  private static final class VisitorFailed extends IOException {
    private final IOException failure;

    VisitorFailed(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /// Sends letters again, and takes those away that are then in their data stream.
  ///
  /// @param limit how many at most
  public Summary replay(DeadLetterFilter filter, long limit, Progress progress) {
    Summary[] summary = {Summary.NOTHING};
    Set<String> stopped = new HashSet<>();
    for (DeadLetterStore store : stores) {
      if (summary[0].letters() >= limit) {
        break;
      }
      try {
        store.each(
            filter,
            page -> {
              int wanted = (int) Math.min(page.size(), limit - summary[0].letters());
              replay(store, page.subList(0, wanted), stopped, summary);
              progress.replayed(summary[0]);
              return summary[0].letters() < limit;
            });
      } catch (IOException e) {
        summary[0] = summary[0].with(store.name() + ": " + e.getMessage());
      }
    }
    return summary[0];
  }

  /// @param stopped data streams that accept no documents; their letters are passed over
  private void replay(
      DeadLetterStore store, List<Stored> page, Set<String> stopped, Summary[] summary)
      throws IOException {
    Map<String, List<Stored>> byDestination = new LinkedHashMap<>();
    for (Stored stored : page) {
      String destination = stored.letter().destination();
      if (!stopped.contains(destination)) {
        byDestination.computeIfAbsent(destination, _ -> new ArrayList<>()).add(stored);
      }
    }
    for (Map.Entry<String, List<Stored>> letters : byDestination.entrySet()) {
      List<Replay.Sent> done = new ArrayList<>();
      try {
        replay.send(letters.getKey(), letters.getValue(), done);
      } catch (Replay.Stopped e) {
        // The letters of other data streams are not held up by this one.
        stopped.add(letters.getKey());
        summary[0] = summary[0].with(String.valueOf(e.getMessage()));
      }
      settle(store, done);
      for (Replay.Sent sent : done) {
        summary[0] = summary[0].plus(sent.fate());
      }
    }
  }

  private static void settle(DeadLetterStore store, List<Replay.Sent> done) throws IOException {
    List<Stored> broughtBack = new ArrayList<>();
    List<Stored> refusedAgain = new ArrayList<>();
    for (Replay.Sent sent : done) {
      switch (sent.fate()) {
        case INDEXED, ALREADY_THERE -> broughtBack.add(sent.letter());
        case REFUSED_AGAIN -> refusedAgain.add(sent.letter());
        case UNSENDABLE -> {}
      }
    }
    store.settle(broughtBack, refusedAgain);
  }
}
