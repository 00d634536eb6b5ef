package dev.longshore.shared.web;

import dev.longshore.shared.net.Authority;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names by which browsers may reach us. A page of somebody else whose name is made to point at
/// our address (DNS rebinding) still sends its own name as `Host`.
///
/// Known without being configured is what nobody can have in public DNS: addresses, names without a
/// dot, `*.localhost`, and names of Services of the cluster: `*.svc`, `*.svc.<cluster domain>`, and
/// `<service>.<namespace>` for our own namespace and a Service that our pod is named after.
final class KnownHosts {
  /// A name, or an address in brackets, and a port. Anything else no browser sends.
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9_.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{0,5})?");

  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|\\[[0-9a-fA-F:.]+\\]");

  /// A pod's first search domain.
  private static final Pattern POD_DOMAIN =
      Pattern.compile("(?m)^search\\s+(?:\\S+\\s+)*?([a-z0-9-]+)\\.(svc\\.\\S+)");

  /// What the machine is called.
  ///
  /// @param hostName in a pod the pod's name, unless it was given another
  /// @param resolvConf the text of `/etc/resolv.conf`
  record Machine(String hostName, String resolvConf) {
    static Machine here() {
      return new Machine(
          text(Path.of("/proc/sys/kernel/hostname")).strip(), text(Path.of("/etc/resolv.conf")));
    }

    private static String text(Path file) {
      try {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        return "";
      }
    }
  }

  private final List<String> names;
  private final boolean any;
  private final List<String> configured;
  private final List<URI> urls;
  private final String hostName;

  /// What follows a Service's name; empty outside of a cluster.
  private final String namespace;

  /// @param configured names, `*.example.com` for those below one, `*` for any
  /// @param urls under which people reach us
  KnownHosts(List<String> configured, List<URI> urls, Machine machine) {
    this.any = configured.contains("*");
    this.configured = configured.stream().map(it -> it.toLowerCase(Locale.ROOT)).toList();
    this.urls = List.copyOf(urls);
    this.hostName = machine.hostName().toLowerCase(Locale.ROOT);
    List<String> all = new ArrayList<>(List.of("*.localhost", "*.svc", "*.svc.cluster.local"));
    Matcher pod = POD_DOMAIN.matcher(machine.resolvConf());
    boolean inPod = pod.find();
    this.namespace = inPod ? "." + pod.group(1) : "";
    if (inPod) {
      all.add("*." + pod.group(2).toLowerCase(Locale.ROOT));
    }
    all.addAll(this.configured);
    for (URI url : urls) {
      Authority authority = Authority.of(url);
      if (authority != null) {
        all.add(authority.host().toLowerCase(Locale.ROOT));
      }
    }
    this.names = List.copyOf(all);
  }

  /// Whether the value of `Host` is known.
  boolean has(String host) {
    String name = name(host);
    if (any) {
      return true;
    }
    if (!HOST.matcher(host).matches()) {
      return false;
    }
    if (ADDRESS.matcher(name).matches() || (!name.isEmpty() && name.indexOf('.') < 0)) {
      return true;
    }
    return isOurService(name)
        || names.stream()
            .anyMatch(
                known ->
                    known.startsWith("*.")
                        ? name.endsWith(known.substring(1)) && name.length() > known.length() - 1
                        : name.equals(known));
  }

  private boolean isOurService(String name) {
    if (namespace.isEmpty() || !name.endsWith(namespace)) {
      return false;
    }
    String service = name.substring(0, name.length() - namespace.length());
    return !service.isEmpty() && (hostName.equals(service) || hostName.startsWith(service + "-"));
  }

  /// Whether the value of `Origin` is the page of the server that is asked, or of a known host.
  ///
  /// @param host the request's `Host`; null when it has none
  boolean hasOrigin(String origin, @Nullable String host) {
    Authority authority;
    try {
      authority = Authority.of(URI.create(origin));
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (authority == null) {
      return false;
    }
    String port = authority.port() < 0 ? "" : ":" + authority.port();
    if (host != null && host.equalsIgnoreCase(authority.host() + port)) {
      return has(host);
    }
    String name = authority.host().toLowerCase(Locale.ROOT);
    return any
        || configured.contains(name)
        || urls.stream().anyMatch(url -> sameOrigin(url, URI.create(origin)));
  }

  private static boolean sameOrigin(URI one, URI other) {
    Authority a = Authority.of(one);
    Authority b = Authority.of(other);
    return a != null
        && b != null
        && a.host().equalsIgnoreCase(b.host())
        && port(one, a) == port(other, b);
  }

  private static int port(URI url, Authority authority) {
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    return authority.port() >= 0 ? authority.port() : https ? 443 : 80;
  }

  /// Without port and without the dot at the end.
  private static String name(String host) {
    int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
    String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
