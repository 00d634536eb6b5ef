package dev.longshore.alerting.state.postgres;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.TlsFileCheck;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How this replica reaches others whose port has TLS.
///
/// @param caFile PEM file with the authorities to trust; null for the JVM's own
/// @param certFile PEM file with our certificate, where theirs ask for one; with `keyFile`
/// @param keyFile PEM file with the certificate's private key
/// @param serverName the name that their certificate has, since they are reached by addresses; null
///   for what `advertise` says
public record PeerTls(
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    @Nullable String serverName) {

  /// Where it stands in the configuration.
  public static final String KEY = "state.postgres.peers";

  /// @throws IllegalArgumentException when one of certificate and key is missing, or the name is
  ///   none
  public PeerTls {
    if ((certFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException("certFile and keyFile go together; one is missing");
    }
    if (serverName != null && !serverName.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException(
          "serverName '"
              + serverName
              + "' is not a host name; write one that the certificate has, such as"
              + " longshore-alerting.alerting.svc");
    }
  }

  /// What is wrong with the files; a text each, none when all is well.
  public List<String> problems(Clock clock) {
    return TlsFileCheck.problems(KEY + ".", caFile, certFile, keyFile, clock);
  }
}
