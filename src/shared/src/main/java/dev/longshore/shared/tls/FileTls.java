package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.FileVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The TLS of a client whose authorities, certificate and key are files that may be replaced while
/// the process runs. Safe for use by any thread.
///
/// New handshakes go by the files as they are ([FileTrust], [FileKeys]). A resumed session has
/// none: [#refresh] therefore forgets the sessions of files that have changed.
public final class FileTls {
  private final SSLContext context;
  private final List<Path> files;

  /// Guarded by this.
  private List<@Nullable FileVersion> seen;

  private FileTls(SSLContext context, List<Path> files) {
    this.context = context;
    this.files = files;
    this.seen = look();
  }

  /// @param prefix goes before the keys of the configuration that name the files, in what is said
  ///   of them: `elasticsearch.`
  /// @param caFile authorities to trust instead of the JVM's own; null for those
  /// @param certFile our certificate and those between it and its authority; null for none
  /// @param keyFile its private key; with `certFile` only
  /// @throws IllegalArgumentException when a file can't be used now, with its name and the reason
  public static FileTls of(
      String prefix,
      @Nullable Path caFile,
      @Nullable Path certFile,
      @Nullable Path keyFile,
      Clock clock) {
    return of(prefix, caFile, certFile, keyFile, null, clock);
  }

  /// @param serverName the name that a server's certificate must have; null for the URL's host
  /// @throws IllegalArgumentException when a file can't be used now, with its name and the reason
  public static FileTls of(
      String prefix,
      @Nullable Path caFile,
      @Nullable Path certFile,
      @Nullable Path keyFile,
      @Nullable String serverName,
      Clock clock) {
    List<Path> files = new ArrayList<>();
    TrustManager[] trust = null;
    KeyManager[] keys = null;
    try {
      if (caFile != null) {
        files.add(caFile);
        trust = new TrustManager[] {new FileTrust(prefix + "caFile", caFile, clock)};
      }
      if (serverName != null) {
        X509TrustManager authorities = ClientTls.x509(trust == null ? ClientTls.machines() : trust);
        trust = new TrustManager[] {new ServerNameTrust(authorities, serverName)};
      }
      if (certFile != null && keyFile != null) {
        files.add(certFile);
        files.add(keyFile);
        keys =
            new KeyManager[] {
              new FileKeys(prefix + "certFile", certFile, prefix + "keyFile", keyFile)
            };
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return new FileTls(context, files);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

  /// For connections; the same one always.
  public SSLContext context() {
    return context;
  }

  /// To be called before connections are made: costs one `stat` a file.
  public synchronized void refresh() {
    List<@Nullable FileVersion> now = look();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    SSLSessionContext sessions = context.getClientSessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  private List<@Nullable FileVersion> look() {
    List<@Nullable FileVersion> versions = new ArrayList<>();
    for (Path file : files) {
      versions.add(FileVersion.of(file));
    }
    return versions;
  }
}
