package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread of a [BulkSink]: accepts connections, reads what comes and writes what is due.
final class SinkLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int READ_BYTES = 256 * 1024;

  private final BulkSink sink;
  private final Clock clock;
  private final Selector selector;
  private final ServerSocketChannel server;
  private final Thread thread = new Thread(this::run, "bulk-sink");

  /// The loop's own, like those below.
  private final ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);

  private final byte[] bytes = new byte[READ_BYTES];
  private final List<Later> later = new ArrayList<>();
  private volatile boolean closed;

  private record Later(long dueNanos, SelectionKey key, Runnable action) {}

  SinkLoop(int port, BulkSink sink, Clock clock) throws IOException {
    this.sink = sink;
    this.clock = clock;
    this.selector = Selector.open();
    this.server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.socket().getLocalPort();
  }

  /// Runs `action` on the loop's thread after `delay`, unless the connection is gone by then.
  void later(Duration delay, SelectionKey key, Runnable action) {
    later.add(new Later(clock.nanoTime() + delay.toNanos(), key, action));
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::ready, millisToNext());
        runDue();
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("The sink has stopped");
    } finally {
      for (SelectionKey key : selector.keys()) {
        shut(key);
      }
      shut(selector);
    }
  }

  /// 0 waits for ever.
  private long millisToNext() {
    long next = Long.MAX_VALUE;
    long now = clock.nanoTime();
    for (Later item : later) {
      next = Math.min(next, Math.max(1, (item.dueNanos - now) / 1_000_000 + 1));
    }
    return next == Long.MAX_VALUE ? 0 : next;
  }

  private void runDue() {
    long now = clock.nanoTime();
    List<Later> due = new ArrayList<>(0);
    for (Iterator<Later> all = later.iterator(); all.hasNext(); ) {
      Later item = all.next();
      if (item.dueNanos - now <= 0) {
        all.remove();
        due.add(item);
      }
    }
    for (Later item : due) {
      if (item.key.isValid()) {
        item.action.run();
      }
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
        return;
      }
      SinkConnection connection = (SinkConnection) key.attachment();
      if (key.isWritable()) {
        connection.flush();
      }
      if (key.isValid() && key.isReadable()) {
        read((SocketChannel) key.channel(), connection, key);
      }
    } catch (IOException e) {
      // The client went away; so does its connection.
      shut(key);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The sink could not process a request");
      shut(key);
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel == null) {
      return;
    }
    sink.connected();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    key.attach(new SinkConnection(sink, this, channel, key));
  }

  private void read(SocketChannel channel, SinkConnection connection, SelectionKey key)
      throws IOException {
    direct.clear();
    int count = channel.read(direct);
    if (count < 0) {
      shut(key);
      return;
    }
    direct.flip();
    direct.get(bytes, 0, count);
    connection.received(bytes, count);
  }

  static void shut(SelectionKey key) {
    key.cancel();
    shut(key.channel());
  }

  private static void shut(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.atDebug().setCause(e).log("The sink closed something with an error");
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shut(server);
  }
}
