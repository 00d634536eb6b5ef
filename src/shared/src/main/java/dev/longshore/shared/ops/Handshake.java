package dev.longshore.shared.ops;

import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.web.ServerTls;
import java.io.IOException;
import javax.net.ssl.SSLException;

/// The beginning of a connection under TLS, on a thread of its own: it takes milliseconds of a
/// core, and the client's time. The listener ends it by closing the connection.
final class Handshake {
  private Handshake() {}

  /// Agrees on keys, and learns whom the client's certificate names.
  ///
  /// @return whether there is a connection; why not is logged
  static boolean agree(
      Connection connection, TlsWire wire, ServerTls tls, RateLimitedLogger warnings) {
    try {
      connection.channel.configureBlocking(true);
      wire.handshake();
      wire.proves(tls.name(wire.engine().getSession()));
      return true;
    } catch (IOException | RuntimeException e) {
      if (connection.channel.isOpen() && e instanceof SSLException) {
        warnings.warn(
            "tls " + connection.client,
            event -> {
              var _ =
                  event
                      .setMessage("a TLS handshake failed")
                      .addKeyValue("from", connection.from.getHostAddress())
                      .addKeyValue("error", reason(e));
            });
      }
      return false;
    }
  }

  /// The innermost message: that of a certificate says what is wrong with it.
  private static String reason(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage());
  }
}
