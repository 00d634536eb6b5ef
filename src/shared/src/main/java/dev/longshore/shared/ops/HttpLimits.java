package dev.longshore.shared.ops;

/// Limits of the JDK's HTTP server, which takes them from system properties when its first instance
/// is made. What an operator has set already stays.
final class HttpLimits {
  private HttpLimits() {}

  static void apply() {
    // Seconds until a request, and then its answer, must be through; else the connection is cut.
    set("sun.net.httpserver.maxReqTime", "10");
    set("sun.net.httpserver.maxRspTime", "60");
    set("sun.net.httpserver.idleInterval", "30");
    set("jdk.httpserver.maxConnections", "64");
    set("sun.net.httpserver.maxReqHeaders", "100");
    set("sun.net.httpserver.maxReqHeaderSize", "16384");
    // Without it each answer waits 40 ms for the other side's delayed acknowledgement.
    set("sun.net.httpserver.nodelay", "true");
  }

  private static void set(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
