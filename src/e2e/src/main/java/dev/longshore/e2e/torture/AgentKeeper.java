package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Starts and ends the agent, and says when files may be deleted. Owned by the injector's thread,
/// but for what is asked by others.
final class AgentKeeper implements Yard.Deletion {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration HELD_LIMIT = Duration.ofSeconds(15);
  private static final Duration END_LIMIT = Duration.ofSeconds(40);

  private final TorturedAgent agent;
  private final EventLog events;
  private final boolean namespaces;
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private volatile @Nullable Watch watch;
  private volatile boolean deleting;
  private volatile boolean expectedUp;
  private int namespaceRuns;

  /// @param namespaces whether it may run as PID 1 of its own
  AgentKeeper(TorturedAgent agent, EventLog events, boolean namespaces) {
    this.agent = agent;
    this.events = events;
    this.namespaces = namespaces;
  }

  void watch(Watch its) {
    watch = its;
  }

  private Watch watch() {
    Watch its = watch;
    if (its == null) {
      throw new IllegalStateException("nobody watches yet");
    }
    return its;
  }

  @Override
  public boolean allows(Generation generation) {
    return deleting && generation.seenInRun == agent.run();
  }

  /// What went wrong with its process, all runs.
  List<String> problems() {
    return problems;
  }

  void problem(String text) {
    problems.add(text);
    events.add("PROBLEM: %s", text);
  }

  /// How many of its runs were as PID 1.
  int namespaceRuns() {
    return namespaceRuns;
  }

  /// Starts it and waits until it answers.
  void start(boolean alone) throws IOException, InterruptedException {
    boolean asFirst = alone && namespaces;
    agent.start(asFirst);
    namespaceRuns += asFirst ? 1 : 0;
    events.add("agent started%s, run %d", asFirst ? " as PID 1" : "", agent.run());
    Clock clock = Clock.system();
    long start = clock.nanoTime();
    while (true) {
      try {
        watch().look();
        break;
      } catch (IOException e) {
        if (!agent.isAlive() || clock.nanoTime() - start > START_LIMIT.toNanos()) {
          throw new IOException("the agent does not come up: " + agent.ending(), e);
        }
      }
      clock.sleep(Duration.ofMillis(50));
    }
    expectedUp = true;
    deleting = true;
  }

  /// Ends it, unless it holds files that are deleted already.
  ///
  /// @param yard whose deletions wait meanwhile
  /// @param killed with SIGKILL, else with SIGTERM
  /// @return whether it was done
  boolean end(Yard yard, boolean killed) throws IOException, InterruptedException {
    deleting = false;
    yard.barrier();
    if (!watch().awaitNothingHeld(HELD_LIMIT)) {
      deleting = true;
      return false;
    }
    watch().endRun();
    expectedUp = false;
    if (killed) {
      events.add("agent killed with -9");
      agent.kill();
    } else {
      events.add("agent asked to end (SIGTERM)");
      int code = agent.terminate(END_LIMIT);
      events.add("agent ended with %d", code);
      if (code != 0) {
        problem("the agent ended with " + code + " after SIGTERM");
      }
    }
    return true;
  }

  /// Starts it again when it has ended by itself, which is a failure of the run.
  void revive() throws IOException, InterruptedException {
    if (expectedUp && !agent.isAlive()) {
      expectedUp = false;
      deleting = false;
      problem("the agent ended by itself: " + agent.ending());
      start(false);
    }
  }
}
