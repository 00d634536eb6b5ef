package dev.longshore.shared.ops;

import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.web.AccessControl;
import dev.longshore.shared.web.Network;
import dev.longshore.shared.web.ProxyLogin;
import dev.longshore.shared.web.Role;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The section `web` of both products' configuration.
///
/// @param access who may do what
/// @param listeners further ones
public record WebKeys(WebConfig access, List<ListenerConfig> listeners) {
  private static final Type<OpsConfig> LISTEN =
      new Type<>("host:port", "host:port", "0.0.0.0:9601", OpsConfig::parse, OpsConfig::listen);

  /// No section.
  public static final WebKeys NONE = new WebKeys(WebConfig.NONE, List.of());

  public WebKeys {
    listeners = List.copyOf(listeners);
  }

  /// Asks for every key.
  ///
  /// @param surfaces what the product serves
  public static WebKeys read(Section root, Set<Surface> surfaces) {
    Section web =
        root.section(
            "web",
            "Who may do what at the HTTP port. Without any of it everybody who reaches the port may"
                + " do everything.");
    Path configFile =
        web.optionalPath(
            "configFile",
            "A web configuration file as Prometheus' exporter-toolkit has it: TLS, client"
                + " certificates, users with bcrypt hashes. It and the files that it names are read"
                + " again when they change.");
    List<WebConfig.TokenFile> tokens = tokens(web);
    Roles roles = roles(web);
    Role anonymous =
        Role.of(
            web.oneOf(
                "anonymous",
                "none",
                Role.WORDS,
                "The role of those who have not logged in, where a login is configured."));
    ProxyLogin proxy = proxy(web);
    List<String> hosts =
        web.strings(
            "hosts",
            List.of(),
            "Names by which browsers may reach the API and the page: `alerts.example.com`,"
                + " `*.example.com`, or `*` for any. Known already are addresses, names without a"
                + " dot, Services of the cluster and the host of the external URL. Others are"
                + " refused, as a page of somebody else could have its name point here.");
    List<ListenerConfig> listeners = listeners(web, surfaces);
    return new WebKeys(
        check(web, new WebConfig(configFile, tokens, roles, anonymous, proxy, hosts), listeners),
        listeners);
  }

  private static List<WebConfig.TokenFile> tokens(Section web) {
    List<WebConfig.TokenFile> tokens = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section token :
        web.sections("tokens", "Bearer tokens, for machines: Prometheus, scripts.")) {
      String name = token.requiredString("name", "Who has the token.");
      Path file =
          token.path(
              "file",
              Path.of("/etc/longshore/token"),
              "A file with the token alone, at least 16 characters; read again when it changes.");
      if (!names.add(name)) {
        token.problem("name", "has a token already; names are unique");
      }
      tokens.add(new WebConfig.TokenFile(name, file));
    }
    return tokens;
  }

  private static Roles roles(Section web) {
    Section roles =
        web.section(
            "roles",
            "Which names may do what; `*` is everybody who has logged in. Each role includes those"
                + " above it. Without any name everybody who has logged in may do everything.");
    List<String> read = roles.strings("read", List.of(), "May look.");
    List<String> silence = roles.strings("silence", List.of(), "May make and end silences.");
    List<String> admin =
        roles.strings("admin", List.of(), "May post alerts, reload and run drills.");
    return read.isEmpty() && silence.isEmpty() && admin.isEmpty()
        ? Roles.STANDARD
        : new Roles(read, silence, admin);
  }

  private static @Nullable ProxyLogin proxy(Section web) {
    Section proxy = web.section("proxy", "A proxy that logs people in and names them in a header.");
    String header =
        proxy.optionalString("userHeader", "The header with the name, such as `X-Forwarded-User`.");
    List<Network> from = new ArrayList<>();
    List<String> networks =
        proxy.strings(
            "from",
            List.of(),
            "The proxy's addresses or networks, such as `127.0.0.1` or `10.1.0.0/16`; from any"
                + " other the header means nothing.");
    for (String network : networks) {
      try {
        from.add(Network.parse(network));
      } catch (IllegalArgumentException e) {
        proxy.problem(
            "from",
            "holds '" + network + "', which is no address and no network such as 10.1.0.0/16");
      }
    }
    if ((header == null) != networks.isEmpty()) {
      proxy.problem(
          "userHeader and from go together: a header that is believed from everybody names nobody");
    }
    return header == null || from.isEmpty() ? null : new ProxyLogin(header, from);
  }

  private static List<ListenerConfig> listeners(Section web, Set<Surface> surfaces) {
    List<String> words = surfaces.stream().sorted().map(Surface::word).toList();
    List<ListenerConfig> listeners = new ArrayList<>();
    Set<Surface> taken = EnumSet.noneOf(Surface.class);
    for (Section section :
        web.sections(
            "listeners",
            "Further ports, each with parts of what is served, which the main port then has no"
                + " more.")) {
      OpsConfig listen =
          section.value("listen", LISTEN, new OpsConfig("127.0.0.1", 9601), "Where it listens.");
      List<String> serves =
          section.strings(
              "serves", List.of("probes", "metrics"), "Of " + String.join(", ", words) + ".");
      Path configFile =
          section.optionalPath(
              "configFile",
              "Its web file; without one it speaks plain HTTP, and everybody may look.");
      Set<Surface> parts = EnumSet.noneOf(Surface.class);
      for (String word : serves) {
        if (!words.contains(word)) {
          section.problem("serves", "holds '" + word + "'; known are " + String.join(", ", words));
          continue;
        }
        Surface surface = Surface.of(word);
        parts.add(surface);
        if (!taken.add(surface)) {
          section.problem("serves", "holds '" + word + "', which another listener serves");
        }
      }
      listeners.add(new ListenerConfig(listen, parts, configFile));
    }
    return listeners;
  }

  /// Reads the files once, so that their problems are told with all others.
  private static WebConfig check(Section web, WebConfig config, List<ListenerConfig> listeners) {
    String problem = AccessControl.problem(config);
    if (problem != null) {
      web.problem("configFile", problem);
    }
    for (ListenerConfig listener : listeners) {
      String other =
          listener.configFile() == null
              ? null
              : AccessControl.problem(
                  new WebConfig(
                      listener.configFile(), List.of(), Roles.STANDARD, null, null, List.of()));
      if (other != null) {
        web.problem("listeners", other);
      }
    }
    return config;
  }
}
