package dev.longshore.shared.ops;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// The bytes of one connection, plain or under TLS. It waits when the channel is in blocking mode,
/// and does what can be done at once when it is not. Whoever owns the connection owns it.
interface Wire {

  /// Receives.
  ///
  /// @return how many bytes; 0 when there are none for now; −1 when the client has ended
  int read(ByteBuffer into) throws IOException;

  /// Sends all, or in non-blocking mode what the client takes for now.
  ///
  /// @return whether all was taken
  boolean write(ByteBuffer from) throws IOException;

  /// Whether [#read] has bytes at once of which the channel does not tell any more.
  boolean hasReceived();

  /// Whether it has anything of which the channel does not tell any more, whole or not.
  boolean hasUnread();

  /// Says that nothing more is sent.
  void shutdownOutput() throws IOException;

  /// The name that the client's certificate proves; null when it proves none.
  @Nullable String certificate();

  /// A connection without TLS.
  record Plain(SocketChannel channel) implements Wire {
    @Override
    public int read(ByteBuffer into) throws IOException {
      return channel.read(into);
    }

    @Override
    public boolean write(ByteBuffer from) throws IOException {
      int taken;
      do {
        taken = channel.write(from);
      } while (from.hasRemaining() && (taken > 0 || channel.isBlocking()));
      return !from.hasRemaining();
    }

    @Override
    public boolean hasReceived() {
      return false;
    }

    @Override
    public boolean hasUnread() {
      return false;
    }

    @Override
    public void shutdownOutput() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public @Nullable String certificate() {
      return null;
    }
  }
}
