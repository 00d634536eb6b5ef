package dev.longshore.testkit;

import java.nio.file.Path;

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
    return CertificateAuthority.create(authority, startDays, validDays)
        .server(startDays, validDays);
  }
}
