package dev.longshore.testkit;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.HashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Kubernetes' API in memory, fabric8's, on loopback: it keeps what it is given, and answers lists
/// and watches. Of the field selector `spec.nodeName`, which it does not know, it takes no notice.
public final class MockApiServer extends KubernetesMockServer {
  private static final String NO_SUCH_OBJECT =
      "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}";

  private static final class AnyNode extends KubernetesCrudDispatcher {
    private volatile @Nullable Supplier<MockResponse> inBetween;

    @Override
    public MockResponse handleGet(String path) {
      Supplier<MockResponse> foreign = inBetween;
      if (foreign != null) {
        return foreign.get();
      }
      MockResponse answer =
          super.handleGet(path.replaceFirst("&fieldSelector=spec.nodeName[^&]*", ""));
      return answer.code() == 404
          ? new MockResponse().setResponseCode(404).setBody(NO_SUCH_OBJECT)
          : answer;
    }
  }

  private final AnyNode dispatcher;

  /// Serves once it is started by [#init()].
  public MockApiServer() {
    this(new AnyNode());
  }

  private MockApiServer(AnyNode dispatcher) {
    super(new Context(), new MockWebServer(), new HashMap<>(), dispatcher, false);
    this.dispatcher = dispatcher;
    Logger.getLogger(MockWebServer.class.getName()).setLevel(Level.WARNING);
  }

  /// From now on something in between answers each GET, until [#reached].
  public void inBetween(int status, String body) {
    dispatcher.inBetween = () -> new MockResponse().setResponseCode(status).setBody(body);
  }

  /// From now on the API server answers by itself.
  public void reached() {
    dispatcher.inBetween = null;
  }

  /// Stops serving. Its HTTP server waits ten seconds for the other end of a WebSocket, which may
  /// be gone without a word, and fabric8 waits as long for the HTTP server: which of the two gives
  /// up first is chance, and nothing of what is tested.
  @Override
  public void destroy() {
    try {
      super.destroy();
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof TimeoutException)) {
        throw e;
      }
    }
  }
}
