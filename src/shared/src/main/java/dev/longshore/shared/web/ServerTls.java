package dev.longshore.shared.web;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.WatchedFiles;
import dev.longshore.shared.tls.ServerContext;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// TLS of a listener as its web file says; certificates that have changed are used for the next
/// connection.
public final class ServerTls {
  private record InForce(@Nullable TlsSettings settings, @Nullable SSLContext context) {}

  private final WatchedFiles<InForce> inForce;

  /// @throws IllegalArgumentException when the files can't be used now
  ServerTls(Supplier<@Nullable TlsSettings> settings, Path webFile, Clock clock) {
    inForce =
        new WatchedFiles<>(
            "TLS of the web file",
            () -> files(settings.get(), webFile),
            _ -> read(settings, clock));
  }

  private static List<Path> files(@Nullable TlsSettings settings, Path webFile) {
    List<Path> files = new ArrayList<>();
    files.add(webFile);
    if (settings != null) {
      files.addAll(settings.files());
    }
    return files;
  }

  private static InForce read(Supplier<@Nullable TlsSettings> settings, Clock clock) {
    TlsSettings now = settings.get();
    if (now == null) {
      return new InForce(null, null);
    }
    TlsSettings.PemSource authorities = now.clientAuthorities();
    SSLContext context =
        ServerContext.of(
            now.certificate().read(),
            now.key().read(),
            authorities == null ? null : authorities.read(),
            clock);
    checkSuites(now, context);
    return new InForce(now, context);
  }

  private static void checkSuites(TlsSettings settings, SSLContext context) {
    List<String> known = List.of(context.getSupportedSSLParameters().getCipherSuites());
    for (String suite : settings.cipherSuites()) {
      if (!known.contains(suite)) {
        throw new IllegalArgumentException(
            "tls_server_config.cipher_suites: " + suite + " is not known to this JVM");
      }
    }
  }

  /// Whether the web file has TLS now.
  public boolean isOn() {
    return inForce.current().settings() != null;
  }

  /// A new connection's engine; null when the web file has no TLS.
  public @Nullable SSLEngine engine() {
    InForce now = inForce.current();
    TlsSettings settings = now.settings();
    SSLContext context = now.context();
    if (settings == null || context == null) {
      return null;
    }
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(settings.protocols().toArray(String[]::new));
    if (!settings.cipherSuites().isEmpty()) {
      List<String> suites = new ArrayList<>(settings.cipherSuites());
      for (String suite : parameters.getCipherSuites()) {
        // Those of TLS 1.3, which are not a matter of configuration.
        if (!suite.contains("_WITH_")) {
          suites.add(suite);
        }
      }
      parameters.setCipherSuites(suites.stream().distinct().toArray(String[]::new));
    }
    if (!settings.curves().isEmpty()) {
      parameters.setNamedGroups(settings.curves().toArray(String[]::new));
    }
    if (settings.clientAuth().requires()) {
      parameters.setNeedClientAuth(true);
    } else if (settings.clientAuth().asks()) {
      parameters.setWantClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// The name that a client's certificate proves; null when it proves none.
  ///
  /// @throws SSLPeerUnverifiedException when the certificate has none of the names that are
  ///   accepted
  public @Nullable String name(SSLSession session) throws SSLPeerUnverifiedException {
    TlsSettings settings = inForce.current().settings();
    if (settings == null || !settings.clientAuth().verifies()) {
      return null;
    }
    X509Certificate certificate;
    try {
      certificate = (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
    if (!settings.allowedSans().isEmpty()
        && sans(certificate).stream().noneMatch(settings.allowedSans()::contains)) {
      throw new SSLPeerUnverifiedException(
          "the client's certificate has none of client_allowed_sans");
    }
    return commonName(certificate);
  }

  private static List<String> sans(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        all.forEach(name -> names.add(String.valueOf(name.get(1))));
      }
    } catch (CertificateParsingException e) {
      // A name that can't be read is none.
    }
    return names;
  }

  /// The subject's common name, else its whole name.
  private static String commonName(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    try {
      for (Rdn part : new LdapName(subject).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(part.getValue());
        }
      }
    } catch (InvalidNameException e) {
      // The whole name is one too.
    }
    return subject;
  }
}
