package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is wrong with the certificates and the key that a client is configured with, all of it and
/// before anything is connected: missing, unreadable, no PEM, of different pairs, expired.
public final class TlsFileCheck {
  private final Instant now;
  private final List<String> problems = new ArrayList<>();

  private TlsFileCheck(Instant now) {
    this.now = now;
  }

  /// @param prefix goes before the keys of the configuration that name the files: `elasticsearch.`
  /// @param caFile authorities to trust; null for none
  /// @param certFile our certificate and those between it and its authority; null for none
  /// @param keyFile its private key; with `certFile` only
  /// @return a text each, with the key, the file and the reason; none when all is well
  public static List<String> problems(
      String prefix,
      @Nullable Path caFile,
      @Nullable Path certFile,
      @Nullable Path keyFile,
      Clock clock) {
    return problems(
        file(prefix + "caFile", caFile),
        file(prefix + "certFile", certFile),
        file(prefix + "keyFile", keyFile),
        clock);
  }

  /// The same of PEM texts from anywhere.
  ///
  /// @param authorities throws an IllegalArgumentException, as each of them does, when it can't be
  ///   read
  public static List<String> problems(
      @Nullable Supplier<Pem> authorities,
      @Nullable Supplier<Pem> certificate,
      @Nullable Supplier<Pem> key,
      Clock clock) {
    TlsFileCheck check = new TlsFileCheck(clock.now());
    check.authorities(check.read(authorities));
    check.pair(check.read(certificate), check.read(key));
    return check.problems;
  }

  private static @Nullable Supplier<Pem> file(String key, @Nullable Path file) {
    return file == null ? null : () -> Pem.ofFile(key, file);
  }

  private @Nullable Pem read(@Nullable Supplier<Pem> source) {
    if (source == null) {
      return null;
    }
    try {
      return source.get();
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// Those that have expired are passed over as long as one has not.
  private void authorities(@Nullable Pem pem) {
    List<X509Certificate> certificates = certificates(pem);
    if (pem != null
        && !certificates.isEmpty()
        && certificates.stream().noneMatch(it -> reason(it) == null)) {
      certificates.forEach(it -> problems.add(pem.name() + ": " + reason(it)));
    }
  }

  private void pair(@Nullable Pem certificate, @Nullable Pem key) {
    List<X509Certificate> chain = certificates(certificate);
    if (certificate != null) {
      for (X509Certificate it : chain) {
        String reason = reason(it);
        if (reason != null) {
          problems.add(certificate.name() + ": " + reason);
        }
      }
    }
    if (key == null) {
      return;
    }
    try {
      if (certificate == null || chain.isEmpty()) {
        PrivateKeys.requirePem(key);
      } else {
        Certificates.requirePair(certificate, key);
      }
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  private List<X509Certificate> certificates(@Nullable Pem pem) {
    List<X509Certificate> found = new ArrayList<>();
    if (pem != null) {
      try {
        for (Certificate certificate : Certificates.read(pem)) {
          if (certificate instanceof X509Certificate x509) {
            found.add(x509);
          }
        }
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return found;
  }

  /// Why a certificate is not valid now; null when it is.
  private @Nullable String reason(X509Certificate certificate) {
    String name = "the certificate of " + certificate.getSubjectX500Principal().getName();
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    if (now.isAfter(to)) {
      return name + " expired at " + to;
    }
    return now.isBefore(from) ? name + " is valid only from " + from : null;
  }
}
