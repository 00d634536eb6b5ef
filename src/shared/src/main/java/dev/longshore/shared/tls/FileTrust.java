package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.FileVersion;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Trusts the authorities of a PEM file as it is when a server shows its certificate: a file that
/// has changed is read again, so that an authority can be replaced while the process runs.
///
/// Whether it changed costs one `stat` for each handshake, through symbolic links, as Kubernetes
/// exchanges the files of a volume by one. A file that is gone or can't be used leaves the
/// authorities in force that were read last, is logged once, and is read again when it has changed
/// once more. Safe for use by any thread.
final class FileTrust extends X509ExtendedTrustManager {
  private static final Logger LOG = LoggerFactory.getLogger(FileTrust.class);

  private final String key;
  private final Path file;
  private final Clock clock;

  /// Guarded by this.
  private X509ExtendedTrustManager current;

  /// What was read last, whether it could be used or not; null when there was no file. Guarded by
  /// this.
  private @Nullable FileVersion version;

  /// @param key the configuration's key that names the file
  /// @throws IllegalArgumentException when the file can't be used now
  FileTrust(String key, Path file, Clock clock) throws GeneralSecurityException, IOException {
    this.key = key;
    this.file = file;
    this.clock = clock;
    version = FileVersion.of(file);
    current = read();
  }

  private X509ExtendedTrustManager read() throws GeneralSecurityException, IOException {
    for (TrustManager manager : Authorities.trust(Pem.ofFile(key, file), clock)) {
      if (manager instanceof X509ExtendedTrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("there is no trust manager for certificates");
  }

  private synchronized X509ExtendedTrustManager current() {
    FileVersion now = FileVersion.of(file);
    if (now == null ? version == null : now.equals(version)) {
      return current;
    }
    version = now;
    try {
      current = read();
      LOG.atInfo().addKeyValue("file", file).log("certificate authorities were read again");
    } catch (IllegalArgumentException | GeneralSecurityException | IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("error", e.getMessage())
          .log("changed certificate authorities can't be used; those read before stay in force");
    }
    return current;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current().checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current().checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current().checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current().checkClientTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current().checkServerTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return current().getAcceptedIssuers();
  }
}
