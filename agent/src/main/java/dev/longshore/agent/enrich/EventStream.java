package dev.longshore.agent.enrich;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One open watch. It asks for a message only after the one before was taken, so it never holds
/// more than one. Read by one thread, fed by the HTTP client's.
final class EventStream implements WebSocket.Listener, AutoCloseable {
  private static final int NORMAL_CLOSURE = 1000;

  private sealed interface Signal {
    record Message(String text) implements Signal {}

    record Closed() implements Signal {}

    record Failed(Throwable cause) implements Signal {}
  }

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final HttpClient client;
  private @Nullable WebSocket socket; // of the reading thread
  private boolean ended; // of the reading thread

  /// @param client with which it is opened
  EventStream(HttpClient client) {
    this.client = client;
  }

  HttpClient client() {
    return client;
  }

  void opened(WebSocket webSocket) {
    socket = webSocket;
  }

  /// Waits for the next event.
  ///
  /// @return its JSON, or null when none came in time or the server ended the watch, as it does
  ///   from time to time; see [#ended]
  /// @throws IOException when the connection broke
  @Nullable String next(Duration timeout) throws IOException, InterruptedException {
    Signal signal = signals.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    return switch (signal) {
      case null -> null;
      case Signal.Message message -> {
        if (socket != null) {
          socket.request();
        }
        yield message.text();
      }
      case Signal.Closed closed -> {
        ended = true;
        yield null;
      }
      case Signal.Failed failed -> {
        ended = true;
        throw new IOException("the watch broke: " + failed.cause(), failed.cause());
      }
    };
  }

  /// Whether the watch is over.
  boolean ended() {
    return ended;
  }

  @Override
  public void onMessage(WebSocket webSocket, String text) {
    signals.add(new Signal.Message(text));
  }

  @Override
  public void onMessage(WebSocket webSocket, ByteBuffer bytes) {
    signals.add(new Signal.Message(StandardCharsets.UTF_8.decode(bytes).toString()));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason) {
    signals.add(new Signal.Closed());
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    signals.add(new Signal.Failed(error));
  }

  @Override
  public void close() {
    if (socket != null && !ended) {
      socket.sendClose(NORMAL_CLOSURE, "done");
    }
  }
}
