package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A proxy of HTTP/1.1 on loopback that does to requests what networks, load balancers and busy
/// servers do: cuts them, loses their answers, answers itself, fails single items of a bulk.
///
/// It never lies about what was indexed: what it says has failed was not passed on, and what it
/// cuts or loses leaves the client in doubt, as it would be.
///
/// One virtual thread for each connection.
public final class FaultProxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;

  private final ServerSocket server;
  private final NetworkFault.Judge judge;
  private final NetworkFault.ItemJudge always;
  private final Clock clock;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile URI target;
  private volatile boolean closed;

  private FaultProxy(
      ServerSocket server,
      URI target,
      NetworkFault.Judge judge,
      NetworkFault.ItemJudge always,
      Clock clock) {
    this.server = server;
    this.target = target;
    this.judge = judge;
    this.always = always;
    this.clock = clock;
  }

  /// Starts one on a free port.
  ///
  /// @param target the server behind it, plain HTTP
  public static FaultProxy start(URI target, NetworkFault.Judge judge) {
    return start(target, judge, item -> null);
  }

  /// Starts one on a free port.
  ///
  /// @param target the server behind it, plain HTTP
  /// @param always items that fail whatever else is done to their request
  public static FaultProxy start(
      URI target, NetworkFault.Judge judge, NetworkFault.ItemJudge always) {
    try {
      ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
      FaultProxy proxy = new FaultProxy(server, target, judge, always, Clock.system());
      Thread.ofPlatform().daemon().name("fault-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a proxy", e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /// From now on another server is behind it.
  public void target(URI other) {
    target = other;
    cutAll();
  }

  /// Resets all connections.
  public void cutAll() {
    sockets.forEach(Sockets::reset);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        Thread.ofVirtual().name("fault-proxy-connection").start(() -> serve(client));
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException("the proxy can't accept connections", e);
        }
      }
    }
  }

  private void serve(Socket client) {
    try (Upstream upstream = new Upstream()) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream(), 64 << 10);
      OutputStream out = client.getOutputStream();
      HttpMessage.Head head = HttpMessage.readHead(in);
      while (head != null && exchange(head, in, out, upstream)) {
        head = HttpMessage.readHead(in);
      }
    } catch (IOException e) {
      // Whichever side failed, the client sees a connection that breaks.
    } finally {
      Sockets.reset(client);
      sockets.remove(client);
    }
  }

  /// @return whether the connection goes on
  private boolean exchange(
      HttpMessage.Head head, InputStream in, OutputStream out, Upstream upstream)
      throws IOException {
    String method = head.word(0);
    String path = head.word(1);
    NetworkFault fault = judge.judge(new NetworkFault.Request(method, path, head.contentLength()));
    if (fault instanceof NetworkFault.CutRequest(double part)) {
      in.skipNBytes((long) (Math.max(0, head.contentLength()) * part));
      return false;
    }
    HttpMessage request = HttpMessage.read(head, in);
    switch (fault) {
      case NetworkFault.Pass _ -> pass(method, path, request, always, upstream).write(out);
      case NetworkFault.CutRequest _ -> {
        return false;
      }
      case NetworkFault.LoseAnswer(Runnable between) -> {
        pass(method, path, request, always, upstream);
        between.run();
        return false;
      }
      case NetworkFault.CutAnswer _ -> {
        byte[] answer = pass(method, path, request, always, upstream).bytes();
        out.write(answer, 0, answer.length / 2);
        out.flush();
        return false;
      }
      case NetworkFault.Answer answer ->
          HttpMessage.answer(
                  answer.status(), answer.headers(), answer.body().getBytes(StandardCharsets.UTF_8))
              .write(out);
      case NetworkFault.Delay delay -> {
        try {
          clock.sleep(delay.duration());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
        pass(method, path, request, always, upstream).write(out);
      }
      case NetworkFault.FailItems(NetworkFault.ItemJudge items) ->
          pass(method, path, request, items, upstream).write(out);
    }
    return true;
  }

  /// Passes a request on, without the items that fail, and gives the answer for all.
  private static HttpMessage pass(
      String method,
      String path,
      HttpMessage request,
      NetworkFault.ItemJudge items,
      Upstream upstream)
      throws IOException {
    if (!path.contains("/_bulk")) {
      return upstream.ask(method, request);
    }
    BulkSplit split = BulkSplit.of(path, request, items);
    if (split.refused() == 0) {
      return upstream.ask(method, request);
    }
    return split.passed() == 0
        ? split.answerAlone()
        : split.merged(upstream.ask(method, split.rest(request)));
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the proxy's port", e);
    }
    cutAll();
  }

  /// The connection to the server behind, opened when it is needed.
  private final class Upstream implements AutoCloseable {
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    HttpMessage ask(String method, HttpMessage request) throws IOException {
      Socket open = socket;
      InputStream answers = in;
      if (open == null || answers == null) {
        open = new Socket();
        socket = open;
        sockets.add(open);
        URI to = target;
        open.connect(new InetSocketAddress(to.getHost(), to.getPort()), CONNECT_MILLIS);
        open.setTcpNoDelay(true);
        answers = new BufferedInputStream(open.getInputStream(), 64 << 10);
        in = answers;
      }
      request.write(open.getOutputStream());
      return HttpMessage.readAnswer(method, answers);
    }

    @Override
    public void close() {
      Socket open = socket;
      if (open != null) {
        Sockets.reset(open);
        sockets.remove(open);
      }
    }
  }
}
