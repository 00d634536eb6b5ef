package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.InMemoryDataStream;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.Ledger;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However many data streams there are and whatever the server does, bulk bodies stay within their
/// share of memory, no data stream starves, and nothing is lost.
class DispatcherMemoryTest {
  private static final int STREAMS = 200;
  private static final int BLOCKS = 4;
  private static final int LINES = 25;
  private static final DataSize BUDGET = DataSize.ofMiB(6);

  @TempDir Path folder;

  private final Ledger ledger = new Ledger();
  private final InMemoryBlockSource source = new InMemoryBlockSource(ledger);
  private final ManualClock clock = new ManualClock();
  private final Server server = new Server();
  private final MemoryBudget budget = new MemoryBudget(BUDGET.bytes());
  private final MemoryBudget.Share others = budget.share("others", 1 << 20);

  @Test
  void hundredsOfDataStreamsStayWithinTheBudgetWhileTheServerIsAwayThenSlowThenBack() {
    MemoryBudget.Share share = budget.share("batches", BatchMemory.RESERVE_BYTES);
    Dispatcher dispatcher = dispatcher(share);
    fill(500);

    server.away = true;
    pass(dispatcher, share, Duration.ofSeconds(30));
    assertThat(source.acknowledged()).isEmpty();
    assertThat(source.handedOut()).as("the queue is read past them").isEqualTo(source.blocks());

    server.away = false;
    server.takes = Duration.ofSeconds(5);
    server.streams.clear();
    pass(dispatcher, share, Duration.ofSeconds(60));
    assertThat(server.streams).as("data streams that had their turn").hasSize(STREAMS);

    server.takes = Duration.ZERO;
    pass(dispatcher, share, Duration.ofSeconds(40));
    assertThat(source.acknowledged()).hasSize(STREAMS * BLOCKS);
    assertThat(ledger.accounts().stream().mapToLong(it -> it.indexed()).sum())
        .isEqualTo((long) STREAMS * BLOCKS * LINES);
    assertThat(share.usedBytes()).isZero();
  }

  @Test
  void forgetsDataStreamsThatHadNothingToDoForLong() {
    MemoryBudget.Share share = budget.share("batches", BatchMemory.RESERVE_BYTES);
    Dispatcher dispatcher = dispatcher(share);
    fill(10);

    pass(dispatcher, share, Duration.ofSeconds(20));
    assertThat(dispatcher.status().destinations()).hasSize(STREAMS);
    clock.advance(Destination.FORGOTTEN);
    pass(dispatcher, share, Duration.ofMillis(50));

    assertThat(dispatcher.status().destinations()).isEmpty();
    assertThat(share.usedBytes()).isZero();
  }

  @Test
  void givesMemoryToOthersWithoutLosingWhatIsOpen() {
    MemoryBudget.Share share = budget.share("batches", 1 << 20);
    Dispatcher dispatcher = dispatcher(share);
    server.takes = Duration.ofDays(1);
    fill(2_000);
    pass(dispatcher, share, Duration.ofSeconds(2));
    server.takes = Duration.ZERO;
    server.answerAll();

    List<Long> reserved = new ArrayList<>();
    for (int i = 0; i < 10_000 && share.usedBytes() > 0; i++) {
      if (others.tryReserve(256 << 10)) {
        reserved.add(256L << 10);
      }
      dispatcher.turn();
      clock.advance(Duration.ofMillis(10));
    }

    assertThat(reserved.stream().mapToLong(it -> it).sum())
        .as("others got all but the reserve of shipping")
        .isGreaterThanOrEqualTo(BUDGET.bytes() - (1 << 20) - (256 << 10));
    reserved.forEach(others::release);
    pass(dispatcher, share, Duration.ofSeconds(20));
    assertThat(source.acknowledged()).hasSize(STREAMS * BLOCKS);
  }

  @Test
  void aRecordLargerThanTheBudgetGoesAloneWhenNothingElseIsHeld() {
    MemoryBudget.Share share = budget.share("batches", 1 << 20);
    Dispatcher dispatcher = dispatcher(share);
    source.add("logs-small-default", "GET /cart 200");
    source.add("logs-large-default", "x".repeat((int) BUDGET.bytes()));
    source.add("logs-small-default", "GET /cart 200");

    for (int i = 0; i < 200; i++) {
      dispatcher.turn();
      clock.advance(Duration.ofMillis(10));
    }

    assertThat(source.acknowledged()).hasSize(3);
    assertThat(share.usedBytes()).isZero();
  }

  private Dispatcher dispatcher(MemoryBudget.Share share) {
    return new Dispatcher(
        ShipConfig.defaults(),
        source,
        DispatcherFixture::encode,
        server,
        new InDoubtResolver(server, new InMemoryDataStream(), Runnable::run, clock),
        new DiskStore(folder, DataSize.ofMiB(1)),
        new RefreshIntervals(_ -> Optional.of(Duration.ofSeconds(1)), Runnable::run, clock),
        ledger,
        share,
        clock,
        new Random(1),
        new ShipMetrics(new SimpleMeterRegistry()),
        new Supervisor(clock, new RecordedExit()));
  }

  private void fill(int lineLength) {
    String[] lines = new String[LINES];
    for (int line = 0; line < LINES; line++) {
      lines[line] = "x".repeat(lineLength);
    }
    for (int block = 0; block < BLOCKS; block++) {
      for (int stream = 0; stream < STREAMS; stream++) {
        source.add("logs-team.n" + stream + "-default", lines);
      }
    }
  }

  private void pass(Dispatcher dispatcher, MemoryBudget.Share share, Duration duration) {
    for (long millis = 0; millis < duration.toMillis(); millis += 50) {
      int turns = 0;
      while (dispatcher.turn() > 0) {
        assertThat(share.usedBytes()).isLessThanOrEqualTo(BUDGET.bytes());
        assertThat(++turns).isLessThan(10_000);
      }
      clock.advance(Duration.ofMillis(50));
      server.answerDue();
    }
  }

  /// A server that can't be reached, or takes its time.
  private final class Server implements BulkTransport {
    private record Pending(CompletableFuture<BulkReply> reply, int items, long dueNanos) {}

    private final Set<String> streams = new HashSet<>();
    private List<Pending> pending = new ArrayList<>();
    private boolean away;
    private Duration takes = Duration.ZERO;

    @Override
    public CompletableFuture<BulkReply> bulk(
        String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
      if (away) {
        return CompletableFuture.completedFuture(
            new BulkReply.Unreadable("connection refused", false, new ConnectException()));
      }
      streams.add(dataStream);
      Pending request =
          new Pending(new CompletableFuture<>(), items, clock.nanoTime() + takes.toNanos());
      if (takes.isZero()) {
        answer(request);
      } else {
        pending.add(request);
      }
      return request.reply;
    }

    private void answerDue() {
      List<Pending> later = new ArrayList<>();
      for (Pending request : pending) {
        if (request.dueNanos - clock.nanoTime() <= 0) {
          answer(request);
        } else {
          later.add(request);
        }
      }
      pending = later;
    }

    private void answerAll() {
      pending.forEach(Server::answer);
      pending = new ArrayList<>();
    }

    private static void answer(Pending request) {
      short[] statuses = new short[request.items];
      Arrays.fill(statuses, (short) 201);
      request.reply.complete(new BulkReply.Answered(statuses, List.of(), null));
    }
  }
}
