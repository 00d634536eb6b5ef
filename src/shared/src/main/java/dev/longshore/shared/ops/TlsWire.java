package dev.longshore.shared.ops;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A connection under TLS. Buffers of 16 KiB exist only while they hold something, so that an idle
/// connection costs what the engine does.
final class TlsWire implements Wire {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /// So often one call reads from the channel, that a client can't keep the listener's thread.
  private static final int READS_AT_A_TIME = 4;

  private static final byte[] NOT_TLS =
      """
      HTTP/1.1 400 Bad Request\r
      Content-Type: text/plain\r
      Connection: close\r
      \r
      this port speaks HTTPS
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final SSLEngine engine;

  /// What came from the client, in reading position.
  private ByteBuffer received = NOTHING;

  /// The same without TLS.
  private ByteBuffer opened = NOTHING;

  /// What the client has not taken yet.
  private ByteBuffer unsent = NOTHING;

  private boolean ended;

  /// Whether the client has sent a record that is one.
  private boolean hasOpened;

  /// Whether the handshake is over.
  private boolean isConnected;

  private @Nullable String certificate;

  TlsWire(SocketChannel channel, SSLEngine engine) {
    this.channel = channel;
    this.engine = engine;
  }

  SSLEngine engine() {
    return engine;
  }

  /// Sets what [#certificate] answers.
  void proves(@Nullable String name) {
    certificate = name;
  }

  @Override
  public @Nullable String certificate() {
    return certificate;
  }

  /// Agrees with the client on keys; the channel is in blocking mode.
  ///
  /// @throws SSLException when that can't be; the client was told as far as TLS has words for it
  void handshake() throws IOException {
    try {
      agree();
    } catch (SSLException e) {
      if (!hasOpened && speaksHttp()) {
        ByteBuffer answer = ByteBuffer.wrap(NOT_TLS);
        while (answer.hasRemaining()) {
          int ignored = channel.write(answer);
        }
        throw new SSLException("the client speaks HTTP without TLS", e);
      }
      sayWhy();
      throw e;
    }
  }

  private void agree() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          boolean ignored = seal(NOTHING);
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (open()) {
            hasOpened = true;
          } else {
            int ignored = fill();
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          isConnected = true;
          return;
        }
      }
    }
  }

  private boolean speaksHttp() {
    return received.hasRemaining()
        && received.get(received.position()) >= 'A'
        && received.get(received.position()) <= 'Z';
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /// Sends the alert that the engine has for the client, and reads what the client has sent
  /// meanwhile, its first request perhaps: a connection that is closed with something unread is
  /// reset, and the client would not see the alert.
  private void sayWhy() {
    try {
      for (int i = 0; i < 4 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
        boolean ignored = seal(NOTHING);
      }
      channel.shutdownOutput();
      ByteBuffer unread = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      for (int i = 0; i < READS_AT_A_TIME && channel.read(unread) >= 0; i++) {
        unread.clear();
      }
    } catch (IOException e) {
      // The connection ends either way.
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    int reads = 0;
    while (!openNext()) {
      if (ended) {
        return -1;
      }
      if (!channel.isBlocking() && ++reads > READS_AT_A_TIME) {
        return 0;
      }
      if (fill() == 0) {
        return 0;
      }
    }
    int before = into.remaining();
    // All records that are there whole: the channel does not tell of them again.
    while (into.hasRemaining() && openNext()) {
      int count = Math.min(into.remaining(), opened.remaining());
      into.put(into.position(), opened, opened.position(), count);
      into.position(into.position() + count);
      opened.position(opened.position() + count);
    }
    boolean ignored = openNext();
    return before - into.remaining();
  }

  /// Whether there are bytes without TLS, which records are opened for.
  private boolean openNext() throws IOException {
    while (!opened.hasRemaining()) {
      opened = NOTHING;
      if (ended || !received.hasRemaining() || !open()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean hasReceived() {
    return opened.hasRemaining();
  }

  @Override
  public boolean hasUnread() {
    return opened.hasRemaining() || received.hasRemaining();
  }

  /// Opens one record of what was received.
  ///
  /// @return false when it is not whole yet
  private boolean open() throws IOException {
    ByteBuffer into = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    SSLEngineResult result = engine.unwrap(received, into);
    if (!received.hasRemaining()) {
      received = NOTHING;
    }
    into.flip();
    opened = into.hasRemaining() ? into : NOTHING;
    switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> {
        return false;
      }
      case CLOSED -> ended = true;
      case OK, BUFFER_OVERFLOW -> {
        // An overflow can't be: the buffer is as large as the engine asked for.
      }
    }
    if (isConnected) {
      afterwards();
    }
    return true;
  }

  /// New keys of TLS 1.3 need an answer; a new handshake of TLS 1.2 is not taken.
  private void afterwards() throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_WRAP -> {
        boolean ignored = seal(NOTHING);
      }
      case NEED_TASK, NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        if (!ended) {
          throw new SSLException("the client asks for a new handshake");
        }
      }
      case FINISHED, NOT_HANDSHAKING -> {
        // Nothing to do.
      }
    }
  }

  /// Receives from the channel behind what is there.
  private int fill() throws IOException {
    int packet = engine.getSession().getPacketBufferSize();
    ByteBuffer more = ByteBuffer.allocate(Math.max(packet, received.remaining() + 1));
    more.put(received);
    int count = channel.read(more);
    more.flip();
    received = more.hasRemaining() ? more : NOTHING;
    if (count < 0) {
      ended = true;
      if (!isConnected) {
        throw new EOFException("the client ended within the handshake");
      }
    }
    return count < 0 ? 1 : count;
  }

  @Override
  public boolean write(ByteBuffer from) throws IOException {
    return flush() && (!from.hasRemaining() || seal(from));
  }

  /// Seals and sends; nothing is unsent before.
  private boolean seal(ByteBuffer from) throws IOException {
    do {
      ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      SSLEngineResult result = engine.wrap(from, packet);
      unsent = packet.flip();
      if (!flush()) {
        return false;
      }
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        if (from.hasRemaining()) {
          throw new SSLException("the connection is closed");
        }
        return true;
      }
    } while (from.hasRemaining());
    return true;
  }

  private boolean flush() throws IOException {
    while (unsent.hasRemaining()) {
      if (channel.write(unsent) == 0 && !channel.isBlocking()) {
        return false;
      }
    }
    unsent = NOTHING;
    return true;
  }

  @Override
  public void shutdownOutput() throws IOException {
    engine.closeOutbound();
    if (flush()) {
      boolean ignored = seal(NOTHING);
    }
    channel.shutdownOutput();
  }
}
