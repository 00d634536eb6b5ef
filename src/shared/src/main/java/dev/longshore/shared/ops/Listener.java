package dev.longshore.shared.ops;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.shared.web.ServerTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// The ops port's connections: one thread accepts them, reads the heads of requests and answers
/// probes, without ever waiting for a client. A request for anything else gets a virtual thread;
/// there are at most [OpsLimits#requests] of those, a further one takes the place of a slow
/// client's ([Places]) or is refused with 503.
///
/// So probes need neither a free thread nor a free place:
///
/// - a connection that has sent no whole head in time is cut, and so is one that is idle;
/// - when all places are taken, a new connection takes that of the client with the most
///   connections, the one of them that has waited longest; those that are being answered stay, and
///   they are fewer than there are places;
/// - an answer that the client does not take in time is cut.
final class Listener implements AutoCloseable {

  /// Connections that the kernel holds before they are accepted.
  private static final int BACKLOG = 128;

  private static final Duration SWEEP = Duration.ofMillis(500);

  /// The same while there is no connection.
  private static final Duration IDLE_SWEEP = Duration.ofSeconds(15);

  private static final Duration MAX_TURN_AGE = Duration.ofMinutes(1);
  private static final Duration JOIN = Duration.ofSeconds(2);

  /// For the client to read the last answer and to close.
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /// Set by the threads that start.
  private volatile Routes routes;

  private final OpsLimits limits;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private final Places places;
  private final ServerSocketChannel server;
  private final Selector selector;
  private final SelectionKey accepting;
  private final SupervisedThread thread;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("ops-http-", 0).factory());

  /// From the threads of requests: what each did with its connection.
  private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();

  /// The listener's thread's own, in the order of their last request.
  private final Set<Connection> connections = new LinkedHashSet<>();

  /// The same thread's: no connection could be taken, and none is before the next sweep.
  private boolean refusing;

  private long sweepDueNanos;
  private final ByteBuffer discarded = ByteBuffer.allocate(8 << 10);
  private volatile boolean closed;

  private record Answered(Connection connection, boolean reusable, boolean gone) {}

  /// Opens the port; nothing is answered before [#start].
  ///
  /// @param name of its thread
  /// @param replies what is reserved while a request is answered; null where nothing bounds it
  Listener(
      String name,
      InetSocketAddress address,
      Routes routes,
      OpsLimits limits,
      MemoryBudget.@Nullable Share replies,
      Clock clock,
      RateLimitedLogger warnings,
      Supervisor supervisor)
      throws IOException {
    this.routes = routes;
    this.limits = limits;
    this.clock = clock;
    this.warnings = warnings;
    places = new Places(limits, replies);
    server = ServerSocketChannel.open();
    try {
      server.bind(address, BACKLOG);
      server.configureBlocking(false);
      selector = Selector.open();
      accepting = server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    thread = supervisor.platform(name, MAX_TURN_AGE, this::run);
  }

  void start() {
    thread.start();
  }

  /// Answers what is asked from now on by other routes. A request that is being answered is
  /// answered by those before.
  void routes(Routes after) {
    routes = after;
  }

  int port() throws IOException {
    return ((InetSocketAddress) server.getLocalAddress()).getPort();
  }

  private void run() {
    try {
      while (!closed) {
        turn();
        thread.turned();
      }
    } catch (IOException e) {
      if (!closed) {
        throw new IllegalStateException("the ops port can't be served any more", e);
      }
    }
  }

  private void turn() throws IOException {
    selector.select((connections.isEmpty() && !refusing ? IDLE_SWEEP : SWEEP).toMillis());
    long now = clock.nanoTime();
    // Those alone that were answered before the select, which has let go of the keys that they had.
    for (int left = answered.size(); left > 0; left--) {
      Answered done = answered.poll();
      if (done != null) {
        takeBack(done, now);
      }
    }
    Set<SelectionKey> ready = selector.selectedKeys();
    for (SelectionKey key : ready) {
      if (key == accepting) {
        accept(now);
      } else if (key.isValid() && key.attachment() instanceof Connection connection) {
        serve(connection, key, now);
      }
    }
    ready.clear();
    if (now - sweepDueNanos >= 0) {
      sweep(now);
      sweepDueNanos = now + SWEEP.toNanos();
    }
  }

  private void accept(long now) {
    try {
      for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
        admit(channel, now);
      }
    } catch (IOException e) {
      // Such as too many open files. It is tried again with the next sweep, not at once.
      accepting.interestOps(0);
      refusing = true;
      warnings.warn(
          "accept",
          event -> {
            var _ = event.setMessage("the ops port can't take a connection").setCause(e);
          });
    }
  }

  private void admit(SocketChannel channel, long now) {
    if (connections.size() >= limits.connections()) {
      makeRoom();
    }
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      InetAddress from = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
      ServerTls tls = routes.tls();
      SSLEngine engine = tls == null ? null : tls.engine();
      long deadlineNanos = now + limits.head().toNanos();
      if (tls == null || engine == null) {
        Connection connection =
            new Connection(channel, new Wire.Plain(channel), from, deadlineNanos);
        channel.register(selector, SelectionKey.OP_READ, connection);
        connections.add(connection);
      } else {
        TlsWire wire = new TlsWire(channel, engine);
        Connection connection = new Connection(channel, wire, from, deadlineNanos);
        connection.state = Connection.State.HANDSHAKE;
        connections.add(connection);
        threads.execute(() -> handshake(connection, wire, tls));
      }
    } catch (IOException | RuntimeException e) {
      Connection.close(channel);
    }
  }

  private void handshake(Connection connection, TlsWire wire, ServerTls tls) {
    boolean done = false;
    try {
      done = Handshake.agree(connection, wire, tls, warnings);
    } finally {
      answered.add(new Answered(connection, true, !done));
      selector.wakeup();
    }
  }

  /// Cuts the connection that waits longest of the client that has the most.
  private void makeRoom() {
    Map<Object, Integer> countByClient = new HashMap<>();
    for (Connection connection : connections) {
      countByClient.merge(connection.client, 1, Integer::sum);
    }
    Connection victim = null;
    int most = 0;
    for (Connection connection : connections) {
      int count = countByClient.getOrDefault(connection.client, 0);
      if (connection.state != Connection.State.ANSWERING && count > most) {
        victim = connection;
        most = count;
      }
    }
    if (victim != null) {
      drop(victim);
    }
  }

  private void serve(Connection connection, SelectionKey key, long now) {
    try {
      if (connection.state == Connection.State.CLOSING) {
        discarded.clear();
        if (connection.channel.read(discarded) < 0) {
          drop(connection);
        }
        return;
      }
      receiveAll(connection, key, now);
    } catch (IOException e) {
      drop(connection);
    } catch (RuntimeException e) {
      broken(connection, e);
    }
  }

  /// Takes what a connection has for us, and answers it.
  private void receiveAll(Connection connection, SelectionKey key, long now) throws IOException {
    do {
      boolean first = connection.receivedBytes == 0;
      if (!connection.receive()) {
        drop(connection);
        return;
      }
      if (first && connection.receivedBytes > 0) {
        connection.deadlineNanos =
            Math.min(connection.deadlineNanos, now + limits.head().toNanos());
      }
      answerAll(connection, key, now);
    } while (connection.state == Connection.State.READING
        && connection.channel.isOpen()
        && connection.wire.hasReceived());
  }

  /// A bug of ours that a client has found takes its connection alone.
  private void broken(Connection connection, RuntimeException bug) {
    drop(connection);
    warnings.warn(
        "broken",
        event -> {
          var _ = event.setMessage("a connection to the ops port failed").setCause(bug);
        });
  }

  /// Answers what a connection has sent, request by request.
  private void answerAll(Connection connection, SelectionKey key, long now) throws IOException {
    boolean answered = true;
    while (answered
        && connection.receivedBytes > 0
        && connection.state == Connection.State.READING
        && connection.channel.isOpen()) {
      answered = answerNext(connection, key, now);
    }
  }

  /// Answers the next request of a connection, once its head is complete.
  ///
  /// @return whether it was complete
  private boolean answerNext(Connection connection, SelectionKey key, long now) throws IOException {
    int end =
        RequestHead.end(
            connection.received,
            Math.max(0, connection.searchedBytes - 2),
            connection.receivedBytes);
    connection.searchedBytes = connection.receivedBytes;
    if (end < 0) {
      if (connection.receivedBytes >= RequestHead.MAX_BYTES) {
        refuse(connection, OpsReply.text(431, "the head is above 16 KiB"), now);
      }
      return false;
    }
    RequestHead head;
    long contentLength;
    try {
      head = RequestHead.parse(connection.received, end);
      contentLength = head.contentLength();
    } catch (RequestHead.Refused e) {
      refuse(connection, OpsReply.text(e.status(), String.valueOf(e.getMessage())), now);
      return false;
    }
    connection.use(end);
    Routes.Route route = routes.find(head);
    if (route != null && route.probe()) {
      probe(connection, head, contentLength, now);
      return true;
    }
    Place place = places.take(connections, now);
    if (place == null) {
      refuse(connection, busy(), now);
    } else {
      connection.state = Connection.State.ANSWERING;
      connection.place = place;
      key.cancel();
      connections.remove(connection);
      connections.add(connection);
      Exchange exchange =
          new Exchange(connection, place, head, contentLength, routes, limits, clock);
      connection.deadlineNanos = now + exchange.patience().toNanos();
      threads.execute(() -> answer(exchange, connection, place));
    }
    return true;
  }

  private static OpsReply busy() {
    return OpsReply.text(503, "busy: too many requests at a time").with("Retry-After", "1");
  }

  private void answer(Exchange exchange, Connection connection, Place place) {
    boolean reusable = false;
    boolean gone = true;
    try {
      reusable = exchange.answer();
      gone = false;
    } catch (IOException e) {
      // The client is gone, or was too slow; nobody is there to be told.
    } finally {
      places.giveBack(place);
      answered.add(new Answered(connection, reusable, gone));
      selector.wakeup();
    }
  }

  private void takeBack(Answered done, long now) {
    Connection connection = done.connection();
    connection.place = null;
    if (done.gone() || !connection.channel.isOpen()) {
      drop(connection);
      return;
    }
    try {
      connection.channel.configureBlocking(false);
      SelectionKey key = connection.channel.register(selector, SelectionKey.OP_READ, connection);
      if (done.reusable()) {
        Duration patience =
            connection.state == Connection.State.HANDSHAKE ? limits.head() : limits.idle();
        connection.state = Connection.State.READING;
        connection.deadlineNanos = now + patience.toNanos();
        answerAll(connection, key, now);
        if (connection.state == Connection.State.READING && connection.wire.hasUnread()) {
          receiveAll(connection, key, now);
        }
      } else {
        closeSoon(connection, now);
      }
    } catch (IOException e) {
      drop(connection);
    } catch (RuntimeException e) {
      broken(connection, e);
    }
  }

  /// Answers a probe here and now: its answer is short and fits into the socket's buffer.
  private void probe(Connection connection, RequestHead head, long contentLength, long now)
      throws IOException {
    boolean keepAlive = head.keepAlive() && contentLength == 0;
    OpsReply reply =
        routes.answer(
            head,
            new RequestBody(InputStream.nullInputStream(), 0, 0),
            false,
            connection.from,
            connection.wire.certificate());
    if (!send(connection, reply, head.method().equals("HEAD"), head.http11(), keepAlive)) {
      drop(connection);
    } else if (!keepAlive) {
      closeSoon(connection, now);
    } else {
      connections.remove(connection);
      connections.add(connection);
      connection.deadlineNanos = now + limits.idle().toNanos();
    }
  }

  private void refuse(Connection connection, OpsReply reply, long now) throws IOException {
    if (send(connection, reply, false, true, false)) {
      closeSoon(connection, now);
    } else {
      drop(connection);
    }
  }

  /// Sends a short answer without waiting.
  ///
  /// @return false when the client has not even taken the answers before it
  private static boolean send(
      Connection connection, OpsReply reply, boolean isHead, boolean http11, boolean keepAlive)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    ReplyOutput out = new ReplyOutput(bytes, reply, isHead, http11, keepAlive);
    reply.body().writeTo(out);
    out.end();
    ByteBuffer answer = ByteBuffer.wrap(bytes.toByteArray());
    return connection.wire.write(answer);
  }

  private void closeSoon(Connection connection, long now) throws IOException {
    connection.state = Connection.State.CLOSING;
    connection.deadlineNanos = now + CLOSING.toNanos();
    connection.wire.shutdownOutput();
  }

  private void sweep(long now) {
    if (accepting.isValid()) {
      accepting.interestOps(SelectionKey.OP_ACCEPT);
      refusing = false;
    }
    for (Connection connection : connections.toArray(Connection[]::new)) {
      if (now - connection.deadlineNanos < 0) {
        continue;
      }
      if (connection.state == Connection.State.ANSWERING
          || connection.state == Connection.State.HANDSHAKE) {
        // Its thread notices, and hands it back.
        connection.close();
      } else {
        drop(connection);
      }
    }
  }

  private void drop(Connection connection) {
    connections.remove(connection);
    connection.close();
  }

  /// Closes the port and all connections; answers under way are cut.
  @Override
  public void close() {
    closed = true;
    thread.stopping();
    selector.wakeup();
    try {
      var _ = thread.join(JOIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      server.close();
      for (Connection connection : connections.toArray(Connection[]::new)) {
        drop(connection);
      }
      selector.close();
    } catch (ClosedChannelException e) {
      // Closed already.
    } catch (IOException e) {
      warnings.warn("close", event -> event.setMessage("the ops port was not closed").setCause(e));
    }
    threads.shutdownNow();
  }
}
