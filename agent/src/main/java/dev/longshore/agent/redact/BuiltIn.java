package dev.longshore.agent.redact;

import java.util.Locale;

/// A pattern that the agent knows of itself. The secrets are looked for where nobody says
/// otherwise.
public enum BuiltIn {
  /// JSON Web Tokens (RFC 7519), encrypted ones too.
  JWT(true),
  /// AWS access key ids; the secret key is found by its name, see [#PASSWORD].
  AWS_KEY(true),
  /// API keys, access tokens and OAuth client secrets of Google.
  GCP_KEY(true),
  /// Client secrets, and signatures of addresses that let in whoever has them, those of AWS and
  /// Google too.
  AZURE_KEY(true),
  GITHUB_TOKEN(true),
  GITLAB_TOKEN(true),
  NPM_TOKEN(true),
  PYPI_TOKEN(true),
  /// Tokens and incoming webhooks.
  SLACK_TOKEN(true),
  /// Secret and restricted keys, and secrets of webhooks.
  STRIPE_KEY(true),
  /// Tokens of other services that begin with a mark of their own.
  SERVICE_TOKEN(true),
  /// PEM blocks of private keys.
  PRIVATE_KEY(true),
  /// Credentials behind `Authorization:`, `Bearer` and `Basic`, and sessions behind `Cookie:`.
  AUTHORIZATION(true),
  /// `scheme://user:password@host`.
  URL_PASSWORD(true),
  /// Values of keys that are called password, secret, token, API key and the like.
  PASSWORD(true),
  /// Numbers of payment cards, by their issuer and check digit.
  CARD(false),
  EMAIL(false),
  /// IPv4 and IPv6 addresses.
  IP(false);

  private final boolean secret;

  BuiltIn(boolean secret) {
    this.secret = secret;
  }

  /// Whether it is one of the group `secrets`.
  boolean isSecret() {
    return secret;
  }

  /// As configuration, annotations and metrics write it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The bit of the pattern in a set of patterns, which lives within one run only.
  @SuppressWarnings("EnumOrdinal")
  long bit() {
    return 1L << ordinal();
  }

  @SuppressWarnings("EnumOrdinal")
  int index() {
    return ordinal();
  }
}
