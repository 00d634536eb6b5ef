package dev.longshore.testkit;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.HashMap;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Kubernetes' API in memory, fabric8's, on loopback: it keeps what it is given, and answers lists
/// and watches. Of the field selector `spec.nodeName`, which it does not know, it takes no notice.
public final class MockApiServer extends KubernetesMockServer {
  private static final class AnyNode extends KubernetesCrudDispatcher {
    @Override
    public MockResponse handleGet(String path) {
      return super.handleGet(path.replaceFirst("&fieldSelector=spec.nodeName[^&]*", ""));
    }
  }

  /// Serves once it is started by [#init()].
  public MockApiServer() {
    super(new Context(), new MockWebServer(), new HashMap<>(), new AnyNode(), false);
    Logger.getLogger(MockWebServer.class.getName()).setLevel(Level.WARNING);
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
