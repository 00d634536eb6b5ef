package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.Framer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/// The files in which a group is open, and what becomes of it: it is closed when waiting is over,
/// goes on in the next file, or ends with its own. Owned by the reading thread.
final class OpenGroups {
  /// On top of the poll interval: so long after its time, what a group may still hold was read.
  private static final Duration AFTER_A_POLL = Duration.ofMillis(100);

  private static final byte[] NOTHING = {};

  private final FrameConfig frameConfig;
  private final long polledWithinNanos;
  private final Outlet outlet;
  private final Block scratch;
  private final BiConsumer<Feed, Framer> account;
  private final BiConsumer<Feed, Runnable> guarded;
  private final Clock clock;
  private final Limited warnings;
  private final Set<Feed> feeds = new LinkedHashSet<>();

  /// @param scratch the reading thread's
  /// @param account books what a file's framing did; it says here, too, whether a group is open
  /// @param guarded does something with a file's framing; a fault delays that file alone
  OpenGroups(
      FrameConfig frameConfig,
      Duration pollInterval,
      Outlet outlet,
      Block scratch,
      BiConsumer<Feed, Framer> account,
      BiConsumer<Feed, Runnable> guarded,
      Clock clock,
      Limited warnings) {
    this.frameConfig = frameConfig;
    this.polledWithinNanos = pollInterval.plus(AFTER_A_POLL).toNanos();
    this.outlet = outlet;
    this.scratch = scratch;
    this.account = account;
    this.guarded = guarded;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Remembers whether a group is open in a file.
  void note(Feed feed, Framer framer) {
    if (framer.hasOpen()) {
      feeds.add(feed);
    } else {
      feeds.remove(feed);
    }
  }

  void forget(Feed feed) {
    feeds.remove(feed);
  }

  boolean isOpenIn(Feed feed) {
    return feeds.contains(feed);
  }

  boolean isEmpty() {
    return feeds.isEmpty();
  }

  /// How long a group is waited for at the most.
  Duration longest() {
    Duration group = frameConfig.groupTimeout();
    Duration partial = frameConfig.partialTimeout();
    return (group.compareTo(partial) > 0 ? group : partial).plusNanos(2 * polledWithinNanos);
  }

  /// Closes the groups for which waiting is over.
  ///
  /// @return when the next one is due, in [Clock#nanoTime], or [Long#MAX_VALUE]
  long closeDue() {
    long next = Long.MAX_VALUE;
    long now = clock.nanoTime();
    for (Feed feed : Set.copyOf(feeds)) {
      Framer framer = feed.framer;
      if (framer == null) {
        feeds.remove(feed);
        continue;
      }
      // What was written before the group's time was over must have been read before it is closed.
      long polledNanos = now - polledWithinNanos;
      if (framer.hasOpen()
          && polledNanos - framer.openDeadlineNanos() >= 0
          && (feed.file.readOffset() >= feed.file.size() || isHalfLine(feed, framer, now))) {
        guarded.accept(
            feed,
            () -> {
              framer.closeDue(polledNanos, scratch, outlet.of(feed));
              account.accept(feed, framer);
            });
      }
      if (feed.framer == framer && framer.hasOpen()) {
        next = Math.min(next, framer.openDeadlineNanos() + polledWithinNanos);
      } else {
        feeds.remove(feed);
        feed.release();
      }
    }
    return next;
  }

  /// What is not read is the begin of a line whose writer was given a group's time twice.
  private boolean isHalfLine(Feed feed, Framer framer, long now) {
    return feed.waiting.isEmpty() && now - framer.openDeadlineNanos() >= 2 * longest().toNanos();
  }

  /// What is open here goes on there: a part that the runtime cut at the rotation, a stack trace.
  void handOver(Feed feed, Framer framer, Feed next) {
    next.inherit(feed);
    long end = feed.file.readOffset();
    framer.continueIn(next.resume(), next.file.format(), scratch, outlet.of(feed));
    feed.framer = null;
    feed.resumeFrom(new Position(feed.file.id(), end, end));
    feed.continuedIn = next;
    feeds.remove(feed);
    next.framer = framer;
    next.before = feed;
    account.accept(next, framer);
  }

  /// Ends a line that has no end.
  void end(Feed feed, Framer framer) {
    framer.feed(
        NOTHING, 0, 0, feed.file.readOffset(), true, clock.nanoTime(), scratch, outlet.of(feed));
    account.accept(feed, framer);
  }

  /// Queues what is open of a file that nobody can read again, as it is: here, or where it went on.
  void closeWhatBeganIn(Feed feed) {
    Feed holder = feed;
    while (holder.framer == null && holder.continuedIn != null) {
      holder = holder.continuedIn;
    }
    Framer framer = holder.framer;
    if (framer == null) {
      return;
    }
    try {
      if (holder == feed) {
        end(feed, framer);
      }
      framer.closeAll(scratch, outlet.of(holder));
      account.accept(holder, framer);
    } catch (StoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      warnings.warn(
          "framing " + feed.file.path(),
          log -> {
            var _ =
                log.setCause(e)
                    .addKeyValue("log.file.path", feed.file.path())
                    .setMessage("the end of a deleted file could not be framed");
          });
    }
  }
}
