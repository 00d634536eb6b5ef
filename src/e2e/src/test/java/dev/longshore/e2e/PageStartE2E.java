package dev.longshore.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testkit.Browser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page on a bad way: one of its parts is refused by a proxy, or stays out. Nobody is left with
/// an empty page that says nothing.
@Tag("browser")
final class PageStartE2E extends OnCallPage {
  private static final String PART = "/ui/groups.js";

  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicReference<CountDownLatch> held = new AtomicReference<>(new CountDownLatch(0));
  private ExecutorService threads;
  private HttpClient http;
  private HttpServer proxy;

  @BeforeEach
  void startProxy() throws IOException {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    http = HttpClient.newHttpClient();
    proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.setExecutor(threads);
    proxy.createContext("/", this::handOn);
    proxy.start();
  }

  @AfterEach
  void stopProxy() throws Exception {
    held.get().countDown();
    browser.open("about:blank");
    proxy.stop(0);
    threads.close();
    http.close();
  }

  private void handOn(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isPart = exchange.getRequestURI().getPath().equals(PART);
      if (isPart && refusals.getAndDecrement() > 0) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      if (isPart) {
        held.get().await();
      }
      HttpResponse<byte[]> reply =
          http.send(
              HttpRequest.newBuilder(URI.create(home.api() + exchange.getRequestURI().toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      reply
          .headers()
          .firstValue("Content-Type")
          .ifPresent(it -> exchange.getResponseHeaders().set("Content-Type", it));
      exchange.sendResponseHeaders(reply.statusCode(), 0);
      exchange.getResponseBody().write(reply.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String byProxy() {
    return "http://127.0.0.1:" + proxy.getAddress().getPort() + "/#/alerts";
  }

  @Test
  void isLoadedAgainWhenAPartWasRefused() throws Exception {
    refusals.set(1);
    browser.open(byProxy());
    browser.await("#fault", "A part of this page did not arrive.");
    browser.await("#header", "0 firing");
    browser.awaitNo("body", "did not arrive");
  }

  @Test
  void saysThatAPartIsLateAndStartsOnceItArrives(@TempDir Path folder) throws Exception {
    held.set(new CountDownLatch(1));
    try (Browser impatient = Browser.startImpatient(folder, 1440, 900)) {
      impatient.open(byProxy());
      impatient.await("#fault", "Parts of this page have not arrived within 10 seconds");
      held.get().countDown();
      impatient.await("#header", "0 firing");
      impatient.awaitNo("body", "have not arrived");
    }
  }
}
