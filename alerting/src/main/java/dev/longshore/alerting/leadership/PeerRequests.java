package dev.longshore.alerting.leadership;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks other replicas over HTTP whether they promise not to lead. Safe for use by any thread.
public final class PeerRequests implements LeaderElection.Peers {

  /// Where a replica that stands by answers: 200 is a promise.
  public static final String PATH = "/-/stand-by";

  private static final Logger LOG = LoggerFactory.getLogger(PeerRequests.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final PeerClient peers;

  public PeerRequests(PeerClient peers) {
    this.peers = peers;
  }

  @Override
  public boolean promise(List<String> addresses) {
    for (String address : addresses) {
      if (address.isEmpty() || !promises(address)) {
        return false;
      }
    }
    return true;
  }

  private boolean promises(String address) {
    try {
      URI url = URI.create(address).resolve(PATH);
      HttpRequest request = HttpRequest.newBuilder(url).timeout(TIMEOUT).build();
      return peers.http().send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      LOG.atDebug()
          .addKeyValue("address", address)
          .setCause(e)
          .log("another replica does not answer");
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
