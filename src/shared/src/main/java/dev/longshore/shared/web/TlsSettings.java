package dev.longshore.shared.web;

import dev.longshore.shared.tls.Pem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `tls_server_config` of a web file.
///
/// @param certificate our certificate and those between it and its authority
/// @param key its private key
/// @param clientAuthorities of clients' certificates; null where they are not verified
/// @param allowedSans names of which a client's certificate must have one; empty for any
/// @param protocols as the JVM calls them
/// @param cipherSuites for TLS 1.2; empty for the JVM's choice
/// @param curves as the JVM calls them; empty for its choice
public record TlsSettings(
    PemSource certificate,
    PemSource key,
    @Nullable PemSource clientAuthorities,
    ClientAuth clientAuth,
    List<String> allowedSans,
    List<String> protocols,
    List<String> cipherSuites,
    List<String> curves) {

  public TlsSettings {
    allowedSans = List.copyOf(allowedSans);
    protocols = List.copyOf(protocols);
    cipherSuites = List.copyOf(cipherSuites);
    curves = List.copyOf(curves);
  }

  /// PEM text, or the file that it is in.
  ///
  /// @param name the key of the web file
  public record PemSource(String name, @Nullable Path file, @Nullable String text) {

    /// @throws IllegalArgumentException when the file is not there or can't be read
    Pem read() {
      return file != null ? Pem.ofFile(name, file) : new Pem(name, text == null ? "" : text);
    }

    /// Without the text, which may be a private key.
    @Override
    public String toString() {
      return name + (file == null ? "" : " " + file);
    }
  }

  /// The files that it is made of.
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (PemSource source : new PemSource[] {certificate, key, clientAuthorities}) {
      if (source != null && source.file() != null) {
        files.add(source.file());
      }
    }
    return files;
  }
}
