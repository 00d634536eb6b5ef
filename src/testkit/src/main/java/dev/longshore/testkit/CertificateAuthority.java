package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority, made for one run.
///
/// @param name its subject
/// @param caFile its certificate, PEM
public record CertificateAuthority(String name, Path caFile, KeyPair keys) {

  /// Makes one that is valid from `startDays` days from now, which may be negative, for `validDays`
  /// days.
  public static CertificateAuthority create(String name, int startDays, int validDays) {
    try {
      Path folder = Files.createTempDirectory("longshore-certificates");
      folder.toFile().deleteOnExit();
      KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
      X509v3CertificateBuilder ca = certificate(name, name, startDays, validDays, keys);
      ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      return new CertificateAuthority(
          name,
          write(folder.resolve("ca.crt"), "CERTIFICATE", signed(ca, keys.getPrivate())),
          keys);
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("certificates can't be made: " + e.getMessage(), e);
    }
  }

  /// Makes the certificate of a server at `localhost`.
  public Certificates server(int startDays, int validDays) {
    return issue(
        "CN=localhost",
        startDays,
        validDays,
        new GeneralName(GeneralName.dNSName, "localhost"),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  /// Makes the certificate of a client.
  ///
  /// @param name its common name, and a name of DNS that it has beside
  public Certificates client(String name, int startDays, int validDays) {
    return issue("CN=" + name, startDays, validDays, new GeneralName(GeneralName.dNSName, name));
  }

  private Certificates issue(String subject, int startDays, int validDays, GeneralName... names) {
    try {
      Path folder = Files.createTempDirectory("longshore-certificates");
      folder.toFile().deleteOnExit();
      KeyPair own = KeyPairGenerator.getInstance("EC").generateKeyPair();
      X509v3CertificateBuilder certificate = certificate(name, subject, startDays, validDays, own);
      certificate.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      return new Certificates(
          caFile,
          write(folder.resolve("own.crt"), "CERTIFICATE", signed(certificate, keys.getPrivate())),
          write(folder.resolve("own.key"), "PRIVATE KEY", own.getPrivate().getEncoded()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("certificates can't be made: " + e.getMessage(), e);
    }
  }

  private static X509v3CertificateBuilder certificate(
      String issuer, String subject, int startDays, int validDays, KeyPair keys) {
    Instant start = Clock.system().now().plus(Duration.ofDays(startDays));
    return new JcaX509v3CertificateBuilder(
        new X500Name(issuer),
        BigInteger.valueOf(System.nanoTime()),
        Date.from(start),
        Date.from(start.plus(Duration.ofDays(validDays))),
        new X500Name(subject),
        keys.getPublic());
  }

  private static byte[] signed(X509v3CertificateBuilder certificate, PrivateKey key)
      throws IOException, OperatorCreationException {
    return certificate
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
        .getEncoded();
  }

  private static Path write(Path file, String type, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    file.toFile().deleteOnExit();
    return file;
  }
}
