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

/// A certificate authority and a server certificate for `localhost`, made for one run and valid for
/// two days.
///
/// @param caFile the authority, PEM
/// @param certificateFile the server's certificate, PEM
/// @param keyFile the server's private key, PEM (PKCS #8)
public record Certificates(Path caFile, Path certificateFile, Path keyFile) {

  /// Makes new ones in a temporary folder.
  public static Certificates create() {
    return create("CN=Longshore test authority", 0, 2);
  }

  /// Makes new ones that are valid from `startDays` days from now, which may be negative, for
  /// `validDays` days.
  public static Certificates create(String authority, int startDays, int validDays) {
    try {
      Path folder = Files.createTempDirectory("longshore-certificates");
      folder.toFile().deleteOnExit();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      KeyPair authorityKeys = generator.generateKeyPair();
      KeyPair serverKeys = generator.generateKeyPair();
      Instant start = Clock.system().now().plus(Duration.ofDays(startDays));
      Life life = new Life(Date.from(start), Date.from(start.plus(Duration.ofDays(validDays))));
      X509v3CertificateBuilder ca = life.certificate(authority, authority, authorityKeys);
      ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      X509v3CertificateBuilder server = life.certificate(authority, "CN=localhost", serverKeys);
      server.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
              }));
      PrivateKey signing = authorityKeys.getPrivate();
      return new Certificates(
          write(folder.resolve("ca.crt"), "CERTIFICATE", signed(ca, signing)),
          write(folder.resolve("server.crt"), "CERTIFICATE", signed(server, signing)),
          write(folder.resolve("server.key"), "PRIVATE KEY", serverKeys.getPrivate().getEncoded()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("certificates can't be made: " + e.getMessage(), e);
    }
  }

  private record Life(Date from, Date to) {
    X509v3CertificateBuilder certificate(String issuer, String subject, KeyPair keys) {
      return new JcaX509v3CertificateBuilder(
          new X500Name(issuer),
          BigInteger.valueOf(System.nanoTime()),
          from,
          to,
          new X500Name(subject),
          keys.getPublic());
    }
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
