package dev.longshore.shared.web;

import java.util.Arrays;
import java.util.List;

/// `client_auth_type` of exporter-toolkit: whether clients need a certificate.
public enum ClientAuth {
  NO_CLIENT_CERT("NoClientCert", false, false, false),
  REQUEST_CLIENT_CERT("RequestClientCert", true, false, false),
  REQUIRE_ANY_CLIENT_CERT("RequireAnyClientCert", true, true, false),
  VERIFY_CLIENT_CERT_IF_GIVEN("VerifyClientCertIfGiven", true, false, true),
  REQUIRE_AND_VERIFY_CLIENT_CERT("RequireAndVerifyClientCert", true, true, true);

  static final List<String> WORDS = Arrays.stream(values()).map(it -> it.word).toList();

  private final String word;
  private final boolean asks;
  private final boolean requires;
  private final boolean verifies;

  ClientAuth(String word, boolean asks, boolean requires, boolean verifies) {
    this.word = word;
    this.asks = asks;
    this.requires = requires;
    this.verifies = verifies;
  }

  static ClientAuth of(String word) {
    return Arrays.stream(values()).filter(it -> it.word.equals(word)).findFirst().orElseThrow();
  }

  String word() {
    return word;
  }

  /// Whether the server asks for a certificate.
  boolean asks() {
    return asks;
  }

  /// Whether there is no connection without one.
  boolean requires() {
    return requires;
  }

  /// Whether it must be of an authority in `client_ca_file`; else its name proves nothing.
  boolean verifies() {
    return verifies;
  }
}
