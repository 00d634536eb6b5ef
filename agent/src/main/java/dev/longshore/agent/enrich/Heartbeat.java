package dev.longshore.agent.enrich;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The pings of one WebSocket, between it and its listener.
///
/// A connection of which a load balancer or a firewall lost its entry, or whose host lost its
/// power, stays open for this side: nothing arrives, and nothing says so. So a ping is sent every
/// [#INTERVAL]; when nothing at all was received within [#TIMEOUT] of one, the socket is aborted
/// and the listener's `onError` is called. The Kubernetes API server answers pings on watches; an
/// ordinary watch may have no other traffic for a minute. client-go does the same with HTTP/2 pings
/// after 30 s and 15 s.
///
/// A virtual thread sends the pings and ends with the socket.
final class Heartbeat implements WebSocket.Listener {
  /// Time between two pings.
  static final Duration INTERVAL = Duration.ofSeconds(20);

  /// Time within which something must be received after a ping.
  static final Duration TIMEOUT = Duration.ofSeconds(15);

  /// Nothing was received within [#TIMEOUT] of a ping.
  static final class SilenceException extends IOException {
    private static final long serialVersionUID = 1;

    SilenceException() {
      super("nothing was received within %ds of a ping".formatted(TIMEOUT.toSeconds()));
    }
  }

  private final WebSocket.Listener listener;
  private final Clock clock;
  private volatile long heardNanos;
  private volatile boolean ended;
  private volatile @Nullable Thread pings;

  Heartbeat(WebSocket.Listener listener, Clock clock) {
    this.listener = listener;
    this.clock = clock;
  }

  private void ping(WebSocket socket) {
    try {
      while (!ended) {
        clock.sleep(INTERVAL);
        long sentNanos = clock.nanoTime();
        // One that can't be sent is one that is not answered.
        var _ = socket.sendPing(ByteBuffer.allocate(0)).exceptionally(failure -> socket);
        clock.sleep(TIMEOUT);
        if (!ended && heardNanos - sentNanos < 0) {
          ended = true;
          socket.abort();
          listener.onError(socket, new SilenceException());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void heard() {
    heardNanos = clock.nanoTime();
  }

  private void end() {
    ended = true;
    Thread thread = pings;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public void onOpen(WebSocket socket) {
    heard();
    pings = Thread.ofVirtual().name("metadata-ping").start(() -> ping(socket));
    listener.onOpen(socket);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
    heard();
    return listener.onText(socket, text, last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    heard();
    return listener.onBinary(socket, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    heard();
    return listener.onPing(socket, message);
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    heard();
    return listener.onPong(socket, message);
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    end();
    return listener.onClose(socket, code, reason);
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    end();
    listener.onError(socket, error);
  }
}
