package dev.longshore.alerting.receiver.slack.socket;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.FailureText;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One WebSocket to Slack. What comes by it is handed to the owner, on whatever thread the client
/// has; sending never blocks.
final class SocketConnection implements WebSocket.Listener {

  /// Slack's payloads hold a message each, which has at most some 50 blocks of 3,000 characters.
  static final int MAX_CHARACTERS = 1 << 20;

  /// Told of what comes; on any thread.
  interface Owner {
    void text(SocketConnection connection, String text);

    /// A message was longer than [#MAX_CHARACTERS]; it was not kept.
    void tooLarge(SocketConnection connection);

    void ended(SocketConnection connection, String reason);
  }

  private final Clock clock;
  private final Owner owner;

  /// Written by the client's thread.
  private volatile long heardNanos;

  // Owned by the client's thread, which calls the listener one at a time.
  private StringBuilder partial = new StringBuilder();
  private boolean overflowed;

  /// Guarded by this: the client takes the next text when the one before has gone.
  private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

  private volatile @Nullable WebSocket socket;

  // Owned by the sockets' loop.
  boolean greeted;
  boolean retiring;
  boolean over;
  long openedNanos;

  SocketConnection(Clock clock, Owner owner) {
    this.clock = clock;
    this.owner = owner;
    this.heardNanos = clock.nanoTime();
    this.openedNanos = clock.nanoTime();
  }

  void opened(WebSocket opened) {
    socket = opened;
  }

  long heardNanos() {
    return heardNanos;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    socket = webSocket;
    webSocket.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    heardNanos = clock.nanoTime();
    if (overflowed || partial.length() + data.length() > MAX_CHARACTERS) {
      overflowed = true;
    } else {
      partial.append(data);
    }
    if (last) {
      if (overflowed) {
        owner.tooLarge(this);
      } else {
        owner.text(this, partial.toString());
      }
      partial = new StringBuilder();
      overflowed = false;
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
    heardNanos = clock.nanoTime();
    webSocket.request(1);
    return null; // the client answers it
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
    heardNanos = clock.nanoTime();
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
    owner.ended(this, "Slack closed the connection with " + status);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    owner.ended(this, FailureText.of(error));
  }

  /// Sends a text after those that were handed in before.
  synchronized void send(String text) {
    WebSocket open = socket;
    if (open != null) {
      sending =
          sending
              .thenCompose(_ -> open.sendText(text, true))
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) {
                      owner.ended(this, FailureText.of(failure));
                    }
                  });
    }
  }

  synchronized void ping() {
    WebSocket open = socket;
    if (open != null) {
      ByteBuffer nothing = ByteBuffer.wrap("longshore".getBytes(StandardCharsets.UTF_8));
      sending =
          sending
              .thenCompose(_ -> open.sendPing(nothing))
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) {
                      owner.ended(this, FailureText.of(failure));
                    }
                  });
    }
  }

  /// Ends it at once.
  void abort() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}
