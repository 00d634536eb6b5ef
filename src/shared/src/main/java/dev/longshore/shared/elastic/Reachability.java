package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Whether Elasticsearch accepts what this process asks, as seen from all its requests. Safe for
/// use by any thread.
///
/// An answer counts as accepted when it is a success; one that says that something is missing or
/// refused, and a request without an answer, are a problem until the next success. A 404 to a GET
/// only says that there is nothing yet.
public final class Reachability {

  /// @param reached whether an answer was accepted since the start
  /// @param problem what was in the way of the last request, with a hint what to set; null after a
  ///   success
  /// @param lasting how long nothing has been accepted; zero without a problem
  public record State(boolean reached, @Nullable String problem, Duration lasting) {}

  private final Clock clock;

  // Guarded by this.
  private boolean reached;
  private @Nullable String problem;
  private long sinceNanos;

  Reachability(Clock clock) {
    this.clock = clock;
  }

  public synchronized State state() {
    return new State(
        reached,
        problem,
        problem == null ? Duration.ZERO : Duration.ofNanos(clock.nanoTime() - sinceNanos));
  }

  synchronized void accepted() {
    reached = true;
    problem = null;
  }

  synchronized void failed(String why) {
    if (problem == null) {
      sinceNanos = clock.nanoTime();
    }
    problem = why;
  }

  void answered(String method, String path, Elastic.Response answer) {
    int status = answer.status();
    boolean nothingYet = status == 404 && (method.equals("GET") || method.equals("HEAD"));
    // A server without security has no such path.
    boolean unsecured = path.startsWith("/_security/") && (status == 400 || status == 405);
    if (answer.ok()) {
      accepted();
    } else if (!nothingYet && !unsecured) {
      failed(answer.refused(method + " " + path).getMessage() + hint(status));
    }
  }

  void answered(BulkReply reply) {
    switch (reply) {
      case BulkReply.Answered answered -> {
        for (short status : answered.statuses()) {
          if (status < 300 || status == 409) {
            accepted();
            return;
          }
        }
      }
      case BulkReply.Refused refused ->
          failed(refused.status() + " " + said(refused) + hint(refused.status()));
      case BulkReply.Unreadable unreadable -> failed(unreadable.reason());
    }
  }

  /// A body that is refused as malformed is quoted in the reason, and it is log lines.
  private static String said(BulkReply.Refused refused) {
    return refused.status() == 400 ? refused.type() : refused.reason();
  }

  private static String hint(int status) {
    return switch (status) {
      case 401 -> "; check elasticsearch.username and password, or elasticsearch.apiKey";
      case 403 -> "; the user lacks a privilege";
      case 404 -> "; check the path in elasticsearch.urls";
      default -> "";
    };
  }

  /// What to set, from how a connection failed; empty where that says nothing.
  static String hint(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      // Wrapped into what is said of an unknown authority, too.
      if (at instanceof CertificateExpiredException) {
        return "; a certificate of the server has expired";
      }
      if (at instanceof CertificateNotYetValidException) {
        return "; a certificate of the server is not valid yet: compare the clocks";
      }
    }
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage());
      if (at instanceof UnknownHostException) {
        return "; check the host name in elasticsearch.urls";
      }
      if (message.contains("PKIX") || message.contains("unable to find valid certification path")) {
        return "; set elasticsearch.caFile to the authority that signed the server's certificate";
      }
      if (message.contains("No subject alternative")
          || message.contains("doesn't match any of the subject")) {
        return "; elasticsearch.urls must name the server as its certificate does";
      }
      if (at instanceof SSLException
          && (message.contains("certificate_required") || message.contains("bad_certificate"))) {
        return "; the server asks for a certificate: set elasticsearch.certFile and keyFile to one"
            + " that it accepts";
      }
      if (at instanceof SSLException
          && (message.contains("protocol_version")
              || message.contains("is not accepted by client"))) {
        return "; the server must offer TLS 1.2 or 1.3";
      }
      if (at instanceof SSLException
          && (message.contains("plaintext connection")
              || message.contains("Unsupported or unrecognized SSL message"))) {
        return "; the server speaks plain HTTP here: use http:// in elasticsearch.urls";
      }
      if (at instanceof org.apache.http.ConnectionClosedException
          || at instanceof org.apache.http.ProtocolException
          || message.contains("Connection reset")) {
        return "; compare http:// or https:// in elasticsearch.urls with what the server speaks";
      }
    }
    return "";
  }
}
