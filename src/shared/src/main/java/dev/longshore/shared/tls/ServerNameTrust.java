package dev.longshore.shared.tls;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Asks for a certificate of one name, whatever the URL of the server says, as Go's
/// `tls.Config.ServerName` does: for servers that are reached by an address.
///
/// Only names of the extension count (`subjectAltName`, RFC 6125), not the subject; `*` stands for
/// one whole label, the first. Being an extended manager it is not wrapped in a check of the URL's
/// host.
final class ServerNameTrust extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private final X509TrustManager authorities;
  private final String name;

  /// @param authorities decides on the chain of certificates
  /// @param name a host name, or an IP address
  ServerNameTrust(X509TrustManager authorities, String name) {
    this.authorities = authorities;
    this.name = withoutDot(name);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authorities.checkServerTrusted(chain, type);
    List<String> names = names(chain[0]);
    if (names.stream().noneMatch(this::isOurs)) {
      throw new CertificateException(
          "the certificate is not for " + name + "; it is for " + String.join(", ", names));
    }
  }

  private static List<String> names(X509Certificate certificate)
      throws CertificateParsingException {
    List<String> names = new ArrayList<>();
    @Nullable Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    for (List<?> each : alternatives == null ? List.<List<?>>of() : alternatives) {
      if (each.get(0) instanceof Integer kind
          && (kind == DNS_NAME || kind == IP_ADDRESS)
          && each.get(1) instanceof String text) {
        names.add(text);
      }
    }
    return names;
  }

  private boolean isOurs(String pattern) {
    if (isAddress(name)) {
      return isAddress(pattern) && address(pattern).equals(address(name));
    }
    String theirs = withoutDot(pattern);
    if (theirs.startsWith("*.")) {
      int dot = name.indexOf('.');
      return dot > 0
          && theirs.indexOf('.', 2) > 0
          && same(theirs.substring(1), name.substring(dot));
    }
    return same(theirs, name);
  }

  private static boolean same(String a, String b) {
    return a.toLowerCase(Locale.ROOT).equals(b.toLowerCase(Locale.ROOT));
  }

  static boolean isAddress(String text) {
    return text.indexOf(':') >= 0 || text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
  }

  /// Of an address as text, which needs no resolver.
  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text + " is not an address", e);
    }
  }

  private static String withoutDot(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authorities.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
