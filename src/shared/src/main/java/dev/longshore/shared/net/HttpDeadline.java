package dev.longshore.shared.net;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// HTTP requests whose deadline holds to the last byte of the answer. `HttpRequest.timeout` ends
/// with the headers on the JDKs that we run on: a server that sends them and then hangs would be
/// waited for without end.
public final class HttpDeadline {

  /// An answer.
  ///
  /// @param body the beginning of it, as text; empty when it did not come in time
  public record Answer(int status, java.net.http.HttpHeaders headers, String body) {}

  private HttpDeadline() {}

  /// Sends a request. An answer whose status says that the request was taken (2xx) counts as whole
  /// when its body does not end in time: the receiver has what was sent.
  ///
  /// @param maxBytes of the body; what is beyond is not read
  /// @throws HttpTimeoutException when there is no answer in time
  public static Answer send(HttpClient client, HttpRequest request, Duration deadline, int maxBytes)
      throws IOException, InterruptedException {
    AtomicReference<HttpResponse.@Nullable ResponseInfo> seen = new AtomicReference<>();
    CompletableFuture<HttpResponse<String>> reply =
        client.sendAsync(
            request,
            info -> {
              seen.set(info);
              return new Beginning(maxBytes);
            });
    try {
      HttpResponse<String> response = reply.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (TimeoutException e) {
      HttpResponse.ResponseInfo info = seen.get();
      if (info != null && info.statusCode() / 100 == 2) {
        return new Answer(info.statusCode(), info.headers(), "");
      }
      HttpTimeoutException timeout = new HttpTimeoutException("no answer in time");
      timeout.initCause(e);
      throw timeout;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException(e.getCause());
    } finally {
      reply.cancel(true);
    }
  }

  /// The first bytes of a body; the connection of a longer one is given up.
  private static final class Beginning implements HttpResponse.BodySubscriber<String> {
    private final CompletableFuture<String> body = new CompletableFuture<>();
    private final ByteBuffer bytes;
    private Flow.@Nullable Subscription subscription;

    Beginning(int maxBytes) {
      bytes = ByteBuffer.allocate(maxBytes);
    }

    @Override
    public CompletionStage<String> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        int length = Math.min(buffer.remaining(), bytes.remaining());
        bytes.put(buffer.slice(buffer.position(), length));
        if (length < buffer.remaining()) {
          onComplete();
          if (subscription != null) {
            subscription.cancel();
          }
          return;
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    }
  }
}
