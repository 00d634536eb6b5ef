package dev.longshore.shared.ops;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One request and its answer on a thread of its own, which may wait for the client. The listener
/// closes the connection when its deadline is over or its place is given away, and that ends the
/// wait.
final class Exchange {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Place place;
  private final RequestHead head;
  private final long contentLength;
  private final Routes routes;
  private final OpsLimits limits;
  private final Clock clock;

  Exchange(
      Connection connection,
      Place place,
      RequestHead head,
      long contentLength,
      Routes routes,
      OpsLimits limits,
      Clock clock) {
    this.connection = connection;
    this.place = place;
    this.head = head;
    this.contentLength = contentLength;
    this.routes = routes;
    this.limits = limits;
    this.clock = clock;
    routes.begin();
  }

  /// How long the body may take to come and the answer to be made.
  Duration patience() {
    return contentLength == 0 ? limits.answer() : limits.body().plus(limits.answer());
  }

  /// Answers.
  ///
  /// @return whether the connection can take another request
  /// @throws IOException when the client is gone or too slow
  boolean answer() throws IOException {
    try {
      return answered();
    } finally {
      routes.end();
    }
  }

  private boolean answered() throws IOException {
    connection.channel.configureBlocking(true);
    Routes.Route route = routes.find(head);
    RequestBody body =
        new RequestBody(new Received(), contentLength, route == null ? 0 : route.maxBodyBytes());
    if (head.expectsContinue() && route != null && contentLength != 0) {
      write(ByteBuffer.wrap(CONTINUE));
    }
    OpsReply reply =
        routes.answer(
            head, body, contentLength != 0, connection.from, connection.wire.certificate());
    connection.deadlineNanos = clock.nanoTime() + limits.answer().toNanos();
    boolean isHead = head.method().equals("HEAD");
    boolean keepAlive = head.keepAlive() && body.isAtEnd();
    ReplyOutput out = new ReplyOutput(new Sent(), reply, isHead, head.http11(), keepAlive);
    try {
      reply.body().writeTo(out);
    } catch (RuntimeException | StackOverflowError e) {
      if (out.isCommitted()) {
        throw new IOException("an answer failed when a part of it was sent", e);
      }
      reply = routes.failed(head.path(), e);
      out = new ReplyOutput(new Sent(), reply, isHead, head.http11(), keepAlive);
      reply.body().writeTo(out);
    }
    out.end();
    return out.isReusable();
  }

  private void write(ByteBuffer bytes) throws IOException {
    place.waits(clock.nanoTime());
    boolean all = connection.wire.write(bytes);
    place.goesOn(clock.nanoTime());
    if (!all) {
      throw new IOException("the client takes no more");
    }
  }

  /// What came behind the head, and then what comes.
  private final class Received extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (connection.receivedBytes == 0 && length >= connection.received.length) {
        place.waits(clock.nanoTime());
        int received = connection.wire.read(ByteBuffer.wrap(into, offset, length));
        place.goesOn(clock.nanoTime());
        return received;
      }
      if (connection.receivedBytes == 0 && !receive()) {
        return -1;
      }
      int count = Math.min(length, connection.receivedBytes);
      System.arraycopy(connection.received, 0, into, offset, count);
      connection.use(count);
      return count;
    }

    private boolean receive() throws IOException {
      place.waits(clock.nanoTime());
      boolean more = connection.receive();
      place.goesOn(clock.nanoTime());
      return more;
    }
  }

  private final class Sent extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Exchange.this.write(ByteBuffer.wrap(bytes, offset, length));
    }
  }
}
