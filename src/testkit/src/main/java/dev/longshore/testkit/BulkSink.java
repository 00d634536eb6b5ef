package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// A stand-in for Elasticsearch that takes bulk requests and answers as it is told: for tests of
/// what a real server does rarely, and as a sink that costs next to nothing beside a benchmark.
///
/// One thread, plain HTTP/1.1 on loopback. Items are counted by line feeds, two for each. All other
/// calls are answered with 200, but for documents, templates and settings, which are never there
/// (404); an index is refreshed each second.
public final class BulkSink implements AutoCloseable {
  private final SinkLoop loop;
  private final Content content;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong items = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<SinkAnswer> script = new ConcurrentLinkedQueue<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  /// Guarded by this.
  private final List<Item> recorded = new ArrayList<>();

  /// Guarded by this.
  private final Set<String> ids = new HashSet<>();

  private volatile Function<BulkRequest, SinkAnswer> otherwise =
      request -> new SinkAnswer.Success();
  private volatile long maxBodyBytes = Long.MAX_VALUE;

  private BulkSink(int port, Content content) throws IOException {
    this.content = content;
    this.loop = new SinkLoop(port, this, Clock.system());
  }

  /// What a sink does with the items that it takes.
  private enum Content {
    COUNT,
    REMEMBER_IDS,
    RECORD
  }

  /// Starts one that only counts, on any port.
  public static BulkSink counting() {
    return start(0, Content.COUNT);
  }

  /// Starts one that knows the ids of the items that it took, on any port.
  public static BulkSink remembering() {
    return start(0, Content.REMEMBER_IDS);
  }

  /// Starts one that keeps the items that it takes and knows their ids, on any port.
  public static BulkSink recording() {
    return start(0, Content.RECORD);
  }

  /// @param port 0 for any
  public static BulkSink start(int port, boolean recording) {
    return start(port, recording ? Content.RECORD : Content.COUNT);
  }

  private static BulkSink start(int port, Content content) {
    try {
      BulkSink sink = new BulkSink(port, content);
      sink.loop.start();
      return sink;
    } catch (IOException e) {
      throw new UncheckedIOException("no sink on port " + port + "; is it taken?", e);
    }
  }

  /// A bulk request as it arrived.
  ///
  /// @param dataStream from the path; empty when it names none
  /// @param items how many there are
  /// @param bodyBytes length of the body before decompression
  /// @param content the items; empty when the sink only counts
  public record BulkRequest(String dataStream, int items, long bodyBytes, List<Item> content) {}

  /// One operation.
  ///
  /// @param dataStream where it goes
  /// @param action the action line
  /// @param document the line behind it
  public record Item(String dataStream, String action, String document) {
    /// The `_id` of the action line; empty when it has none.
    public String id() {
      int key = action.indexOf("\"_id\":\"");
      if (key < 0) {
        return "";
      }
      int start = key + 7;
      return action.substring(start, action.indexOf('"', start));
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + loop.port());
  }

  /// Bulk requests that arrived whole.
  public long requests() {
    return requests.get();
  }

  /// Items that were taken.
  public long items() {
    return items.get();
  }

  /// Connections that were opened.
  public long connections() {
    return connections.get();
  }

  /// Bytes of bulk bodies as they arrived, compressed or not.
  public long bytes() {
    return bytes.get();
  }

  /// What a recording sink took, in order, without repetitions.
  public synchronized List<Item> recorded() {
    return List.copyOf(recorded);
  }

  /// Method and path of all other calls, in order.
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /// Answers the next bulk requests, one each, in this order.
  public void answerNext(SinkAnswer... answers) {
    script.addAll(List.of(answers));
  }

  /// Answers the requests for which nothing else is set.
  public void answerOthers(Function<BulkRequest, SinkAnswer> answer) {
    otherwise = answer;
  }

  /// Refuses longer bodies with 413, before anything else is considered.
  public void maxBodyBytes(long limit) {
    maxBodyBytes = limit;
  }

  boolean keepsContent() {
    return content != Content.COUNT;
  }

  void connected() {
    connections.incrementAndGet();
  }

  void call(String line) {
    if (calls.size() < 10_000) {
      calls.add(line);
    }
  }

  /// Decides about a request that has arrived.
  SinkAnswer decide(BulkRequest request) {
    requests.incrementAndGet();
    bytes.addAndGet(request.bodyBytes());
    if (request.bodyBytes() > maxBodyBytes) {
      return SinkAnswer.Refusal.of(413, "content_too_long_exception");
    }
    SinkAnswer answer = script.poll();
    return answer == null ? otherwise.apply(request) : answer;
  }

  /// Takes the items for which `statuses` says 2xx, and returns what each of them gets.
  int[] take(BulkRequest request, int[] statuses) {
    if (content == Content.COUNT) {
      int taken = 0;
      for (int status : statuses) {
        taken += status < 300 ? 1 : 0;
      }
      items.addAndGet(taken);
      return statuses;
    }
    synchronized (this) {
      for (int i = 0; i < statuses.length; i++) {
        if (statuses[i] >= 300) {
          continue;
        }
        Item item = request.content().get(i);
        if (!item.id().isEmpty() && !ids.add(item.dataStream() + "\n" + item.id())) {
          statuses[i] = 409;
        } else {
          if (content == Content.RECORD) {
            recorded.add(item);
          }
          items.incrementAndGet();
        }
      }
    }
    return statuses;
  }

  /// Closes the port and all connections. Idempotent.
  @Override
  public void close() {
    loop.close();
  }
}
