package dev.longshore.alerting.leadership;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.ops.OpsReply;
import dev.longshore.shared.ops.OpsRequest;
import dev.longshore.shared.ops.OpsRoute;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Passes requests on to the leader, so that every replica can be asked. Safe for use by any
/// thread.
///
/// While there is no leader, or it takes no connections, or is not ready to lead yet, a request
/// waits: the lease of a leader that is gone runs out, and the next one is passed the request; that
/// may be this replica itself. So does one that was sent to a leader which another has replaced
/// before it answered: a leader that is paused takes connections, and never answers. So does one
/// whose connection broke, as it does when the leader ends while the request is on its way. Only
/// what changes nothing by being done twice is sent again, reading and posting alerts. A request
/// that another replica passed on is not passed on once more.
///
/// Of its headers only those go along that say who asks and what; a replica that trusts a proxy's
/// headers must not get them from a client by way of this one.
public final class LeaderProxy implements OpsRoute {

  /// Less than the 10 s that Prometheus waits for an answer.
  private static final Duration WAITS = Duration.ofSeconds(9);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String ALERTS = "/api/v2/alerts";
  private static final String PASSED_ON = "X-Longshore-Passed-On";

  /// With an answer that says that nothing was done with the request.
  private static final String STANDS_BY = "X-Longshore-Stands-By";

  private static final List<String> HEADERS =
      List.of("Authorization", "Content-Type", "Accept", "User-Agent", "Origin", "Sec-Fetch-Site");

  private final Supplier<String> leader;
  private final PeerClient peers;
  private final Clock clock;

  /// @param leader the leader's address; empty while there is none
  public LeaderProxy(Supplier<String> leader, PeerClient peers, Clock clock) {
    this.leader = leader;
    this.peers = peers;
    this.clock = clock;
  }

  @Override
  public OpsReply answer(OpsRequest request) throws IOException, InterruptedException {
    if (request.header(PASSED_ON) != null) {
      return unavailable("this replica does not lead").with(STANDS_BY, "1");
    }
    byte[] body = request.body();
    long deadline = clock.nanoTime() + WAITS.toNanos();
    String why = "no replica leads";
    while (true) {
      String address = leader.get();
      if (!address.isEmpty()) {
        try {
          HttpResponse<InputStream> answer = sent(address, request, body);
          if (answer == null) {
            why = "the leader " + address + " was replaced before it answered";
            if (!mayBeRepeated(request)) {
              return OpsReply.text(502, why);
            }
          } else if (answer.headers().firstValue(STANDS_BY).isPresent()) {
            why = "the leader " + address + " does not lead yet";
            answer.body().close();
          } else {
            return reply(answer);
          }
        } catch (ConnectException | HttpConnectTimeoutException e) {
          why = "the leader " + address + " takes no connections: " + FailureText.of(e);
        } catch (IOException e) {
          why = "the leader " + address + " failed: " + FailureText.of(e);
          if (!mayBeRepeated(request)) {
            return OpsReply.text(502, why);
          }
        }
      }
      if (clock.nanoTime() - deadline > 0) {
        return unavailable(why);
      }
      clock.sleep(BETWEEN_TRIES);
    }
  }

  private static OpsReply unavailable(String why) {
    return OpsReply.text(503, why).with("Retry-After", "1");
  }

  private static boolean mayBeRepeated(OpsRequest request) {
    return request.method().equals("GET") || request.path().endsWith(ALERTS);
  }

  /// @return null when another replica leads before there is an answer
  private @Nullable HttpResponse<InputStream> sent(String address, OpsRequest request, byte[] body)
      throws IOException, InterruptedException {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    HttpRequest.Builder passed =
        HttpRequest.newBuilder(URI.create(address + encoded(request.path()) + query))
            .timeout(ANSWER)
            .header(PASSED_ON, "1")
            .method(
                request.method(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    for (String name : HEADERS) {
      String value = request.header(name);
      if (value != null) {
        passed.header(name, value);
      }
    }
    CompletableFuture<HttpResponse<InputStream>> sent =
        peers.http().sendAsync(passed.build(), HttpResponse.BodyHandlers.ofInputStream());
    try {
      while (true) {
        try {
          return sent.get(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          String now = leader.get();
          if (!now.isEmpty() && !now.equals(address)) {
            return null;
          }
        } catch (ExecutionException e) {
          throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        }
      }
    } finally {
      sent.cancel(true);
    }
  }

  private static OpsReply reply(HttpResponse<InputStream> answer) {
    OpsReply reply =
        new OpsReply(
            answer.statusCode(),
            answer.headers().firstValue("Content-Type").orElse("text/plain; charset=utf-8"),
            Map.of(),
            out -> {
              try (InputStream from = answer.body()) {
                from.transferTo(out);
              }
            });
    for (String name : List.of("WWW-Authenticate", "Location", "Retry-After", "ETag")) {
      String value = answer.headers().firstValue(name).orElse("");
      reply = value.isEmpty() ? reply : reply.with(name, value);
    }
    return reply;
  }

  /// The path as a URL has it; it came percent-decoded.
  private static String encoded(String path) {
    StringBuilder text = new StringBuilder();
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "/-._~".indexOf(c) >= 0)) {
        text.append(c);
      } else {
        text.append('%').append(String.format("%02X", (int) c));
      }
    }
    return text.toString();
  }
}
