package dev.longshore.alerting;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/// A webhook on this process's loopback address that accepts every message and keeps none.
final class RehearsalHook implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d{1,9})");
  private static final int LONGEST_HEAD = 16 << 10;

  private final ServerSocket socket;
  private final AtomicInteger notified = new AtomicInteger();

  private RehearsalHook(ServerSocket socket) {
    this.socket = socket;
  }

  static RehearsalHook open() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    RehearsalHook hook = new RehearsalHook(socket);
    Thread.ofVirtual().name("rehearsal-hook").start(hook::accept);
    return hook;
  }

  String url() {
    return "http://" + socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort() + "/";
  }

  /// How many messages it has accepted.
  int notified() {
    return notified.get();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().name("rehearsal-connection").start(() -> serve(connection));
      } catch (IOException e) {
        debug(e);
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      for (int length = bodyLength(in); length >= 0; length = bodyLength(in)) {
        in.skipNBytes(length);
        connection.getOutputStream().write(ANSWER);
        notified.incrementAndGet();
      }
    } catch (IOException e) {
      debug(e);
    }
  }

  /// Reads a request up to its body.
  ///
  /// @return the body's length; -1 at the end of the connection
  private static int bodyLength(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!(head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0)) {
      int next = in.read();
      if (next < 0 || head.length() > LONGEST_HEAD) {
        return -1;
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    return length.find() ? Integer.parseInt(length.group(1)) : 0;
  }

  /// Its end closes what waits for more.
  private static void debug(IOException e) {
    LoggerFactory.getLogger(RehearsalHook.class).atDebug().setCause(e).log("the hook has ended");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
