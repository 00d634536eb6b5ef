package dev.longshore.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/// A relay of TCP connections on this machine, behind which a server can go away and come back
/// without being stopped.
public final class TcpRelay implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;

  private final ServerSocket server;
  private final URI target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> silenced = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong bytesToTarget = new AtomicLong();
  private volatile boolean away;
  private volatile boolean closed;

  private TcpRelay(ServerSocket server, URI target) {
    this.server = server;
    this.target = target;
  }

  /// Starts one on loopback, on a free port.
  public static TcpRelay start(URI target) {
    return start(target, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /// @param address of this machine, at which it listens
  public static TcpRelay start(URI target, InetSocketAddress address) {
    try {
      return started(
          new TcpRelay(new ServerSocket(address.getPort(), 100, address.getAddress()), target));
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a relay", e);
    }
  }

  /// Starts one on loopback, on a free port, to whom clients speak TLS; to the target it does not.
  public static TcpRelay startSecured(URI target, SSLContext context) {
    try {
      ServerSocket server =
          context
              .getServerSocketFactory()
              .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
      return started(new TcpRelay(server, target));
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a relay", e);
    }
  }

  private static TcpRelay started(TcpRelay relay) {
    Thread.ofPlatform().daemon().name("tcp-relay").start(relay::accept);
    return relay;
  }

  /// The target's address, as it is reached through the relay. The scheme is the target's.
  public URI url() {
    String host = server.getInetAddress().getHostAddress();
    return URI.create(target.getScheme() + "://" + host + ":" + server.getLocalPort());
  }

  /// How many connections it has taken so far.
  public int accepted() {
    return accepted.get();
  }

  /// How many bytes it has passed on to the target so far.
  public long bytesToTarget() {
    return bytesToTarget.get();
  }

  /// While it is away, connections are reset, new ones and those that stand.
  public void away(boolean isAway) {
    away = isAway;
    if (isAway) {
      sockets.forEach(Sockets::reset);
    }
  }

  /// Passes nothing on any more, either way, on the connections that stand, and leaves them open;
  /// new ones work. So it is behind a load balancer that has lost its table.
  public void silence() {
    silenced.addAll(sockets);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = server.accept();
        accepted.incrementAndGet();
        if (away) {
          Sockets.reset(client);
        } else {
          Thread.ofVirtual().name("tcp-relay-connection").start(() -> relay(client));
        }
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException("the relay can't accept connections", e);
        }
      }
    }
  }

  private void relay(Socket client) {
    Socket behind = new Socket();
    sockets.add(client);
    sockets.add(behind);
    try {
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
      behind.connect(new InetSocketAddress(target.getHost(), target.getPort()), CONNECT_MILLIS);
      Thread back =
          Thread.ofVirtual()
              .name("tcp-relay-back")
              .start(() -> copy(behind, client, new AtomicLong()));
      copy(client, behind, bytesToTarget);
      back.join();
    } catch (IOException e) {
      // The client sees a connection that breaks.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Sockets.reset(client);
      Sockets.reset(behind);
      sockets.remove(client);
      sockets.remove(behind);
      silenced.remove(client);
      silenced.remove(behind);
    }
  }

  private void copy(Socket from, Socket to, AtomicLong passed) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[16 << 10];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (!silenced.contains(from)) {
          out.write(bytes, 0, count);
          passed.addAndGet(count);
        }
      }
    } catch (IOException e) {
      // Either side has ended it; so does the other.
    }
    Sockets.reset(from);
    Sockets.reset(to);
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the relay's port", e);
    }
    sockets.forEach(Sockets::reset);
  }
}
