package dev.longshore.shared.ops;

/// The section `ops` of the configuration: `ops.listen` is `host:port`.
///
/// @param host name or address to listen on; `0.0.0.0` for every IPv4 address
/// @param port 0 for any that is free
public record OpsConfig(String host, int port) {

  /// Every address: the kubelet and Prometheus come from outside the pod.
  public static final String DEFAULT_HOST = "0.0.0.0";

  public static final int DEFAULT_PORT = 9600;

  public OpsConfig {
    if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/')) {
      throw new IllegalArgumentException("not a host to listen on: '" + host + "'");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 0 to 65535: " + port);
    }
  }

  public static OpsConfig defaults() {
    return new OpsConfig(DEFAULT_HOST, DEFAULT_PORT);
  }

  /// Reads `127.0.0.1:9600`, `localhost:9600` or `[::1]:9600`.
  ///
  /// @throws IllegalArgumentException when it is anything else
  public static OpsConfig parse(String listen) {
    int colon = listen.lastIndexOf(':');
    String host = colon < 0 ? "" : listen.substring(0, colon);
    String port = listen.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (colon < 0 || (host.contains(":") && !bracketed) || !port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("not host:port: '" + listen + "'");
    }
    return new OpsConfig(
        bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
  }

  /// What [#parse] reads back.
  public String listen() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
