package dev.longshore.shared.tls;

import dev.longshore.shared.files.WatchedFiles;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows a certificate as its files are when a server asks for it, so that it can be replaced while
/// the process runs. Files that can't be used, or of which one was exchanged and the other not yet,
/// leave in force what was read last. Safe for use by any thread.
///
/// A handshake asks for an alias first and for what belongs to it after; the alias therefore names
/// the version, and both versions are kept when one replaces another.
final class FileKeys extends X509ExtendedKeyManager {
  /// @param serial goes before the alias
  private record Version(long serial, X509ExtendedKeyManager keys) {}

  private record Versions(Version now, @Nullable Version before) {}

  private final WatchedFiles<Versions> versions;

  /// @param certificateKey the configuration's key that names the certificate's file
  /// @param keyKey the one that names the private key's
  /// @throws IllegalArgumentException when they can't be used now
  FileKeys(String certificateKey, Path certificate, String keyKey, Path key) {
    versions =
        new WatchedFiles<>(
            certificateKey,
            () -> List.of(certificate, key),
            before -> {
              X509ExtendedKeyManager keys =
                  read(Pem.ofFile(certificateKey, certificate), Pem.ofFile(keyKey, key));
              return before == null
                  ? new Versions(new Version(0, keys), null)
                  : new Versions(new Version(before.now().serial() + 1, keys), before.now());
            });
  }

  private static X509ExtendedKeyManager read(Pem certificate, Pem key) {
    Certificates.requirePair(certificate, key);
    KeyManager[] managers = ClientTls.keyManagers(certificate, key);
    if (managers != null) {
      for (KeyManager manager : managers) {
        if (manager instanceof X509ExtendedKeyManager keys) {
          return keys;
        }
      }
    }
    throw new IllegalStateException("this JVM has no key manager for certificates");
  }

  private static @Nullable String named(Version version, @Nullable String alias) {
    return alias == null ? null : version.serial() + ":" + alias;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    Version now = versions.current().now();
    return named(now, now.keys().chooseEngineClientAlias(keyTypes, issuers, engine));
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    Version now = versions.current().now();
    return named(now, now.keys().chooseClientAlias(keyTypes, issuers, socket));
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Version of = version(alias);
    return of == null ? null : of.keys().getCertificateChain(inner(alias));
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Version of = version(alias);
    return of == null ? null : of.keys().getPrivateKey(inner(alias));
  }

  private @Nullable Version version(String alias) {
    Versions all = versions.current();
    Version before = all.before();
    if (alias.startsWith(all.now().serial() + ":")) {
      return all.now();
    }
    return before != null && alias.startsWith(before.serial() + ":") ? before : null;
  }

  private static String inner(String alias) {
    return alias.substring(alias.indexOf(':') + 1);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
    Version now = versions.current().now();
    String[] aliases = now.keys().getClientAliases(keyType, issuers);
    if (aliases == null) {
      return null;
    }
    String[] named = new String[aliases.length];
    for (int i = 0; i < aliases.length; i++) {
      named[i] = now.serial() + ":" + aliases[i];
    }
    return named;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }
}
