package dev.longshore.shared.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.WatchedFiles;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Decides for each request to a listener whether it is answered, and for whom.
///
/// First it is looked at whether a browser was made to send it by somebody else's page: `Host`,
/// `Origin`, `Sec-Fetch-Site`, `Content-Type`. Then who sends it: a believed proxy's header, a
/// bearer token, a password, a client certificate, else nobody. Then whether that one's role is
/// enough.
///
/// Where no login is configured everybody may do everything. Safe for use by any thread.
public final class AccessControl {
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);
  private static final int MAX_NAME_CHARACTERS = 256;

  private final Rules rules;
  private final @Nullable WatchedFiles<WebFile> file;
  private final @Nullable ServerTls tls;

  /// Of those who have not logged in, where no login is configured.
  private final Role open;

  /// What all listeners of a process share.
  private record Rules(
      WebConfig config,
      Tokens tokens,
      Passwords passwords,
      KnownHosts hosts,
      Audit audit,
      RateLimitedLogger warnings,
      Clock clock) {}

  private AccessControl(Rules rules, @Nullable Path configFile, Role open) {
    this.rules = rules;
    this.open = open;
    if (configFile == null) {
      file = null;
      tls = null;
    } else {
      WatchedFiles<WebFile> watched =
          new WatchedFiles<>("web file", configFile, before -> read(configFile, before));
      file = watched;
      tls = new ServerTls(() -> watched.current().tls(), configFile, rules.clock());
    }
  }

  /// Of the main listener.
  ///
  /// @param urls under which people reach it
  /// @throws IllegalArgumentException when a file can't be used, with the reason
  public static AccessControl of(WebConfig config, List<URI> urls, Clock clock) {
    return of(config, urls, KnownHosts.Machine.here(), clock);
  }

  static AccessControl of(
      WebConfig config, List<URI> urls, KnownHosts.Machine machine, Clock clock) {
    Rules rules =
        new Rules(
            config,
            new Tokens(config.tokens()),
            new Passwords(clock),
            new KnownHosts(config.hosts(), urls, machine),
            new Audit(),
            new RateLimitedLogger(
                LoggerFactory.getLogger(AccessControl.class), clock, WARNING_INTERVAL),
            clock);
    return new AccessControl(rules, config.configFile(), Role.ADMIN);
  }

  /// What is wrong with the files that a configuration names; null when nothing is.
  public static @Nullable String problem(WebConfig config) {
    try {
      var _ = of(config, List.of(), new KnownHosts.Machine("", ""), Clock.system());
      return null;
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// Of a further listener. Without a web file of its own everybody may look there, and nobody may
  /// change anything without a token.
  ///
  /// @throws IllegalArgumentException when the file can't be used, with the reason
  public AccessControl withFile(@Nullable Path configFile) {
    return new AccessControl(rules, configFile, Role.READ);
  }

  /// The web file, unless it would open what was closed: a file that is emptied or half written
  /// must not do that.
  private static WebFile read(Path file, @Nullable WebFile before) {
    WebFile now = WebFile.read(file);
    if (before != null && before.asksForLogin() && !now.asksForLogin()) {
      throw new IllegalArgumentException(
          file + " asks for no login any more; that needs a restart");
    }
    if (before != null && before.tls() != null && now.tls() == null) {
      throw new IllegalArgumentException(file + " has no TLS any more; that needs a restart");
    }
    return now;
  }

  private WebFile file() {
    return file == null ? WebFile.NONE : file.current();
  }

  /// TLS of the listener; null where it never has any.
  public @Nullable ServerTls tls() {
    return tls;
  }

  /// Put on every answer.
  public Map<String, String> headers() {
    return file().headers();
  }

  /// Whether somebody has to log in before anything is changed.
  public boolean asksForLogin() {
    return asksForLogin(file());
  }

  private boolean asksForLogin(WebFile now) {
    return now.asksForLogin() || !rules.tokens().isEmpty() || rules.config().proxy() != null;
  }

  /// Whether a request is answered.
  public Decision decide(Need need, WebRequest request, String path) throws InterruptedException {
    Decision decision = decided(need, request);
    if (decision instanceof Decision.Refused refused
        && (refused.status() != 401 || request.header("authorization") != null)) {
      rules
          .warnings()
          .warn(
              request.from().getHostAddress() + " " + refused.status(),
              event -> {
                var _ =
                    event
                        .setMessage("a request was refused")
                        .addKeyValue("status", refused.status())
                        .addKeyValue("reason", refused.reason())
                        .addKeyValue("from", request.from().getHostAddress())
                        .addKeyValue("method", request.method())
                        .addKeyValue("path", path);
              });
    }
    return decision;
  }

  private Decision decided(Need need, WebRequest request) throws InterruptedException {
    if (need.surface() != Surface.PROBES && !file().rate().take(rules.clock().nanoTime())) {
      return new Decision.Refused(
          429, "more requests than rate_limit of the web file", Map.of("Retry-After", "1"), null);
    }
    Decision.Refused foreign = foreign(need, request);
    if (foreign != null) {
      return foreign;
    }
    if (need.surface() == Surface.PROBES) {
      return new Decision.Allowed(nobody(request, Role.READ));
    }
    Decision identified = identify(request);
    if (!(identified instanceof Decision.Allowed(Caller caller))) {
      return identified;
    }
    Role role = need.role(request);
    if (caller.may(role)) {
      return identified;
    }
    return caller.name() == null
        ? unauthorized("log in first")
        : new Decision.Refused(
            403,
            "'%s' has the role %s here, and this needs %s; see web.roles"
                .formatted(
                    caller.name(),
                    caller.role() == null ? "none" : caller.role().word(),
                    role.word()),
            Map.of(),
            caller);
  }

  /// What a browser is made to send by somebody else's page.
  private Decision.@Nullable Refused foreign(Need need, WebRequest request) {
    String host = request.header("host");
    if (need.surface().checksHost() && host != null && !rules.hosts().has(host)) {
      return Decision.Refused.of(
          403,
          "this server does not know itself as '%s'; add the name to web.hosts"
              .formatted(shown(host)));
    }
    if (!request.isChange()) {
      return null;
    }
    String site = request.header("sec-fetch-site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return Decision.Refused.of(
          403,
          "a page of another site (Sec-Fetch-Site: %s) changes nothing".formatted(shown(site)));
    }
    String origin = request.header("origin");
    if (origin != null && site == null && !rules.hosts().hasOrigin(origin, host)) {
      return Decision.Refused.of(
          403,
          "a page of another site (Origin: %s) changes nothing; where people reach this one by it,"
                  .formatted(shown(origin))
              + " add its host to web.hosts");
    }
    String type = request.header("content-type");
    String media = type == null ? "" : type.split(";", 2)[0].strip();
    boolean takesBody = need.body() && !request.method().equals("DELETE");
    if ((takesBody || request.hasBody()) && !media.equalsIgnoreCase("application/json")) {
      return Decision.Refused.of(
          415,
          "unsupported media type \"%s\", only [application/json] are allowed"
              .formatted(shown(media)));
    }
    return null;
  }

  private Decision identify(WebRequest request) throws InterruptedException {
    WebFile now = file();
    ProxyLogin proxy = rules.config().proxy();
    if (proxy != null && proxy.believes(request.from())) {
      String name = request.header(proxy.userHeader());
      if (name != null && !name.isBlank()) {
        return isName(name)
            ? named(name.strip(), Caller.Login.PROXY, request)
            : unauthorized("the header " + proxy.userHeader() + " holds no single name");
      }
    }
    switch (Credentials.of(request.header("authorization"))) {
      case Credentials.Bearer bearer when !rules.tokens().isEmpty() -> {
        String owner = rules.tokens().owner(bearer.token());
        return owner == null
            ? unauthorized("the token is nobody's")
            : named(owner, Caller.Login.TOKEN, request);
      }
      case Credentials.Basic basic when !now.hashByUser().isEmpty() -> {
        return byPassword(basic, now, request);
      }
      case null, default -> {
        // It is for somebody else, such as a proxy before us.
      }
    }
    String certificate = request.certificate();
    if (certificate != null && now.hashByUser().isEmpty()) {
      return named(certificate, Caller.Login.CERTIFICATE, request);
    }
    return new Decision.Allowed(
        nobody(request, asksForLogin(now) ? rules.config().anonymous() : open));
  }

  private Decision byPassword(Credentials.Basic basic, WebFile now, WebRequest request)
      throws InterruptedException {
    return switch (rules
        .passwords()
        .check(basic.user(), basic.password(), now.hashByUser(), request.from())) {
      case RIGHT -> named(basic.user(), Caller.Login.PASSWORD, request);
      case WRONG -> unauthorized("name or password is wrong");
      case TOO_MANY ->
          new Decision.Refused(
              429,
              "too many logins that failed from this address; try again",
              Map.of("Retry-After", Long.toString(Passwords.INTERVAL.toSeconds())),
              null);
    };
  }

  /// One name: a header that came twice is joined by a comma.
  private static boolean isName(String name) {
    return name.length() <= MAX_NAME_CHARACTERS
        && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == ',');
  }

  private Decision.Allowed named(String name, Caller.Login login, WebRequest request) {
    return new Decision.Allowed(
        new Caller(
            name,
            login,
            rules.config().roles().of(name),
            request.from(),
            login == Caller.Login.PROXY ? request.header("x-forwarded-for") : null));
  }

  private static Caller nobody(WebRequest request, @Nullable Role role) {
    return new Caller(null, Caller.Login.ANONYMOUS, role, request.from(), null);
  }

  private Decision.Refused unauthorized(String reason) {
    Map<String, String> headers =
        file().hashByUser().isEmpty()
            ? Map.of("WWW-Authenticate", "Bearer realm=\"longshore\"")
            : Map.of("WWW-Authenticate", "Basic realm=\"longshore\", charset=\"UTF-8\"");
    return new Decision.Refused(401, reason, headers, null);
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  /// Records a change that was made.
  ///
  /// @param routine whether machines do it again and again; then the first time of each caller
  ///   counts
  public void changed(
      Caller caller, String method, String path, Map<String, String> what, boolean routine) {
    rules.audit().changed(caller, method, path, what, routine);
  }

  /// Writes the object `access` of `/status`.
  ///
  /// @param ifOpen what follows from no login being configured, for people
  public void write(JsonGenerator json, Caller caller, String ifOpen) throws IOException {
    json.writeObjectFieldStart("access");
    boolean login = asksForLogin();
    json.writeBooleanField("login", login);
    if (!login) {
      json.writeStringField("warning", ifOpen);
    }
    String problem = file == null ? null : file.problem();
    if (problem != null) {
      json.writeStringField("problem", problem);
    }
    json.writeObjectFieldStart("you");
    json.writeStringField("name", caller.name());
    json.writeStringField("role", caller.role() == null ? "none" : caller.role().word());
    json.writeStringField("login", Words.of(caller.login()));
    json.writeEndObject();
    json.writeEndObject();
  }
}
