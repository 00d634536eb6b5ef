package dev.longshore.gotemplate;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A host with a port, as in the label `instance`.
///
/// @param host without brackets
record HostPort(String host, String port) {
  private static final Pattern IP_V4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IP_V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /// The parts of `host:port` or `[host]:port`, null when it is neither.
  static @Nullable HostPort of(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[")) {
      boolean bracketed = host.indexOf(']') == host.length() - 1;
      return bracketed && host.lastIndexOf('[') == 0
          ? new HostPort(host.substring(1, host.length() - 1), text.substring(colon + 1))
          : null;
    }
    boolean plain = host.indexOf(':') < 0 && host.indexOf('[') < 0 && host.indexOf(']') < 0;
    String port = text.substring(colon + 1);
    return plain && port.indexOf('[') < 0 && port.indexOf(']') < 0
        ? new HostPort(host, port)
        : null;
  }

  static String withoutPort(String text) {
    HostPort parts = of(text);
    return parts == null ? text : parts.host;
  }

  /// `node-7.example.com:9100` becomes `node-7:9100`; addresses stay.
  static String withoutDomain(String text) {
    HostPort parts = of(text);
    String host = parts == null ? text : parts.host;
    if (IP_V4.matcher(host).matches() || IP_V6.matcher(host).matches()) {
      return text;
    }
    int dot = host.indexOf('.');
    String name = dot < 0 ? host : host.substring(0, dot);
    if (parts == null || parts.port.isEmpty()) {
      return name;
    }
    return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + parts.port;
  }
}
