package dev.longshore.alerting.ops;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.net.HttpDeadline;
import dev.longshore.shared.net.HttpTargets;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The watchdog: a POST to a URL each interval while alerting works, so that a service elsewhere
/// tells when it no longer comes. Alerting works while its loop turns, its groups are evaluated and
/// deliveries move. Whether its state can be written, a source answers, and one receiver of several
/// takes notifications, is told by alerts of their own.
public final class Heartbeat implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 1024;

  private final Supplier<URI> url;
  private final Duration interval;
  private final Clock clock;
  private final Loop loop;
  private final Executor executor;
  private final Supplier<@Nullable String> obstacle;
  private final HttpClient http;
  private final HeartbeatMetrics metrics;
  private final RateLimitedLogger log;

  /// @param url asked at each beat; what it gives may hold a secret and is not logged
  /// @param obstacle why a beat is withheld; null when nothing keeps alerting from working. Called
  ///   on the loop
  public Heartbeat(
      Supplier<URI> url,
      Duration interval,
      Clock clock,
      Loop loop,
      Executor executor,
      Supplier<@Nullable String> obstacle,
      MeterRegistry registry) {
    this.url = url;
    this.interval = interval;
    this.clock = clock;
    this.loop = loop;
    this.executor = executor;
    this.obstacle = obstacle;
    this.http = HttpClient.newBuilder().connectTimeout(TIMEOUT).executor(executor).build();
    this.metrics = new HeartbeatMetrics(registry);
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(Heartbeat.class), clock, Duration.ofMinutes(1));
  }

  /// Begins, with the first beat at once. On the loop.
  public void start() {
    String reason = obstacle.get();
    if (reason != null) {
      metrics.withheld();
      log.warn(
          "withheld",
          event -> event.setMessage("A heartbeat is withheld").addKeyValue("reason", reason));
      loop.in(interval, this::start);
      return;
    }
    executor.execute(
        () -> {
          beat();
          loop.execute(() -> loop.in(interval, this::start));
        });
  }

  private void beat() {
    try {
      int status = post();
      if (status / 100 == 2) {
        metrics.taken();
      } else {
        failed("the heartbeat's URL answers " + status);
      }
    } catch (IOException e) {
      failed(FailureText.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int post() throws IOException, InterruptedException {
    HttpRequest request =
        HttpTargets.request(url.get())
            .header("Content-Type", "application/json")
            .header("User-Agent", "longshore")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"status\":\"alive\",\"at\":\"" + clock.now() + "\"}"))
            .build();
    return HttpDeadline.send(http, request, TIMEOUT, MAX_ANSWER_BYTES).status();
  }

  private void failed(String reason) {
    metrics.failed();
    log.warn(
        "heartbeat",
        event -> event.setMessage("A heartbeat was not taken").addKeyValue("reason", reason));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
