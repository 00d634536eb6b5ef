package dev.longshore.shared.ops;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection to the ops port. The listener's thread owns it, but while it is
/// [State#ANSWERING]: then the thread of its request does, which hands it back.
final class Connection {

  enum State {
    /// TLS is agreed upon, on a thread of its own.
    HANDSHAKE,
    /// A request's head is awaited or arrives.
    READING,
    /// Its request is answered by a thread of its own.
    ANSWERING,
    /// The last answer is sent; what the client still sends is thrown away, so that the answer is
    /// not lost by a reset.
    CLOSING
  }

  private static final int FIRST_BUFFER_BYTES = 1 << 10;

  final SocketChannel channel;

  final Wire wire;

  final InetAddress from;

  /// The client's address, or its network of 64 bits for IPv6: what counts as one client.
  final Object client;

  State state = State.READING;

  /// Its request's, while it is [State#ANSWERING]. The listener's thread's own.
  @Nullable Place place;

  /// What was received and not yet used; grows up to the longest head.
  byte[] received = new byte[FIRST_BUFFER_BYTES];

  int receivedBytes;

  /// Up to where it was searched for a head's end.
  int searchedBytes;

  /// When it is cut. Written by the thread that owns it.
  volatile long deadlineNanos;

  Connection(SocketChannel channel, Wire wire, InetAddress from, long deadlineNanos) {
    this.channel = channel;
    this.wire = wire;
    this.from = from;
    this.client =
        from instanceof Inet6Address ? ByteBuffer.wrap(from.getAddress(), 0, 8).slice() : from;
    this.deadlineNanos = deadlineNanos;
  }

  /// Receives what is there, without waiting.
  ///
  /// @return false when the client has ended
  boolean receive() throws IOException {
    if (receivedBytes == received.length && received.length < RequestHead.MAX_BYTES) {
      received = Arrays.copyOf(received, Math.min(2 * received.length, RequestHead.MAX_BYTES));
    }
    ByteBuffer into = ByteBuffer.wrap(received, receivedBytes, received.length - receivedBytes);
    int count = wire.read(into);
    receivedBytes += Math.max(0, count);
    return count >= 0;
  }

  /// Takes the head from what was received.
  void use(int bytes) {
    System.arraycopy(received, bytes, received, 0, receivedBytes - bytes);
    receivedBytes -= bytes;
    searchedBytes = 0;
  }

  void close() {
    close(channel);
  }

  /// Closes a channel, also one that became no connection.
  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
