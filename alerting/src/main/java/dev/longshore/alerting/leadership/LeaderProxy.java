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
import java.util.function.Supplier;

/// Passes requests on to the leader, so that every replica can be asked. Safe for use by any
/// thread.
///
/// While there is no leader, or it takes no connections, a request waits: the lease of a leader
/// that is gone runs out, and the next one is passed the request. One that was sent is not sent
/// again. A request that another replica passed on is not passed on once more.
///
/// Of its headers only those go along that say who asks and what; a replica that trusts a proxy's
/// headers must not get them from a client by way of this one.
public final class LeaderProxy implements OpsRoute {

  /// Less than the 10 s that Prometheus waits for an answer.
  private static final Duration WAITS = Duration.ofSeconds(9);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final String PASSED_ON = "X-Longshore-Passed-On";
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
      return unavailable("this replica does not lead");
    }
    byte[] body = request.body();
    long deadline = clock.nanoTime() + WAITS.toNanos();
    String why = "no replica leads";
    while (true) {
      String address = leader.get();
      if (!address.isEmpty()) {
        try {
          return sent(address, request, body);
        } catch (ConnectException | HttpConnectTimeoutException e) {
          why = "the leader " + address + " takes no connections: " + FailureText.of(e);
        } catch (IOException e) {
          return OpsReply.text(502, "the leader " + address + " failed: " + FailureText.of(e));
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

  private OpsReply sent(String address, OpsRequest request, byte[] body)
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
    HttpResponse<InputStream> answer =
        peers.http().send(passed.build(), HttpResponse.BodyHandlers.ofInputStream());
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
