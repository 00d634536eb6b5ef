package dev.longshore.shared.ops;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.web.AccessControl;
import dev.longshore.shared.web.Caller;
import dev.longshore.shared.web.Decision;
import dev.longshore.shared.web.Need;
import dev.longshore.shared.web.ServerTls;
import dev.longshore.shared.web.Surface;
import dev.longshore.shared.web.WebRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The routes as HTTP: which path, which method, how large a body, HEAD, and what a failure looks
/// like.
final class Routes {

  /// @param methods that it allows; GET brings HEAD
  /// @param need what it asks of those who use it. One of [Surface#PROBES] is answered on the
  ///   listener's own thread, at once.
  record Route(Set<String> methods, int maxBodyBytes, Need need, OpsRoute answers) {
    boolean probe() {
      return need.surface() == Surface.PROBES;
    }
  }

  private final Map<String, Route> routeByPath;
  private final AccessControl access;
  private final RateLimitedLogger warnings;

  /// Requests that these routes answer at present, probes aside.
  private final AtomicInteger underWay = new AtomicInteger();

  Routes(Map<String, Route> routeByPath, AccessControl access, RateLimitedLogger warnings) {
    this.routeByPath = Map.copyOf(routeByPath);
    this.access = access;
    this.warnings = warnings;
  }

  /// A request came that these routes answer.
  void begin() {
    underWay.incrementAndGet();
  }

  /// It has its answer, or its client is gone.
  void end() {
    underWay.decrementAndGet();
  }

  int underWay() {
    return underWay.get();
  }

  /// TLS of the listener; null where it never has any.
  @Nullable ServerTls tls() {
    return access.tls();
  }

  /// The answer to a request, whatever it is.
  ///
  /// @param hasBody whether a body comes with it
  /// @param from the peer's address
  /// @param certificate the name that the peer's certificate proves; null for none
  OpsReply answer(
      RequestHead head,
      RequestBody body,
      boolean hasBody,
      InetAddress from,
      @Nullable String certificate) {
    OpsReply reply;
    try {
      reply = admitted(head, body, hasBody, from, certificate);
    } catch (BodyTooLargeException e) {
      reply = OpsReply.text(413, String.valueOf(e.getMessage()));
    } catch (UnreadableBodyException e) {
      reply = OpsReply.text(400, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply = OpsReply.text(503, "shutting down");
    } catch (Exception | StackOverflowError e) {
      reply = failed(head.path(), e);
    }
    for (Map.Entry<String, String> header : access.headers().entrySet()) {
      reply = reply.with(header.getKey(), header.getValue());
    }
    return reply;
  }

  private OpsReply admitted(
      RequestHead head,
      RequestBody body,
      boolean hasBody,
      InetAddress from,
      @Nullable String certificate)
      throws Exception {
    String asked = asked(head);
    String clean = CleanPath.of(head.path());
    if (asked.equals("GET") && !clean.equals(head.path())) {
      // Links in what is shown are relative to the address.
      String location = CleanPath.location(clean, head.query());
      return OpsReply.text(301, "it is at " + location).with("Location", location);
    }
    String path = place(clean, asked);
    Route route = find(path);
    boolean isAllowed = route == null || route.methods().contains(asked);
    // Who may not look learns neither which paths there are nor which methods.
    Need need = route == null ? Need.read(Surface.STATUS) : route.need();
    WebRequest web =
        new WebRequest(isAllowed ? asked : "GET", head.headers(), hasBody, from, certificate);
    Caller caller;
    switch (access.decide(need, web, path)) {
      case Decision.Refused refused -> {
        return refusal(refused, need);
      }
      case Decision.Allowed allowed -> caller = allowed.caller();
    }
    if (route == null) {
      return OpsReply.text(404, "not found; there is " + String.join(", ", paths()));
    }
    if (!isAllowed) {
      return OpsReply.text(405, head.method() + " is not allowed here; use " + allowed(route))
          .with("Allow", allowed(route));
    }
    OpsReply reply =
        route
            .answers()
            .answer(new OpsRequest(asked, path, head.query(), head.headers(), body, caller));
    OpsReply.Change change = reply.change();
    if (change != null) {
      access.changed(caller, asked, path, change.what(), change.routine());
    }
    return reply;
  }

  /// In the words of the surface: clients of the API read JSON.
  private static OpsReply refusal(Decision.Refused refused, Need need) {
    OpsReply reply =
        need.surface() == Surface.API
            ? new OpsReply(
                refused.status(),
                "application/json",
                ('"'
                        + new String(
                            JsonStringEncoder.getInstance().quoteAsString(refused.reason()))
                        + "\"\n")
                    .getBytes(StandardCharsets.UTF_8))
            : OpsReply.text(refused.status(), refused.reason());
    for (Map.Entry<String, String> header : refused.headers().entrySet()) {
      reply = reply.with(header.getKey(), header.getValue());
    }
    return reply;
  }

  /// A failing route is a bug or a fault of what it shows; either way it stays within this request.
  OpsReply failed(String path, Throwable e) {
    warnings.warn(
        path,
        event -> {
          var _ = event.setMessage("an ops request failed").addKeyValue("path", path).setCause(e);
        });
    return OpsReply.text(500, "failed: " + FailureText.of(e));
  }

  /// The route that answers a request; null where there is none.
  @Nullable Route find(RequestHead head) {
    return find(place(CleanPath.of(head.path()), asked(head)));
  }

  private static String asked(RequestHead head) {
    return head.method().equals("HEAD") ? "GET" : head.method();
  }

  /// The path without a slash at its end, as Alertmanager's API takes it; with it where that is a
  /// place of its own.
  private String place(String clean, String asked) {
    if (!clean.endsWith("/") || clean.length() == 1) {
      return clean;
    }
    String without = clean.substring(0, clean.length() - 1);
    Route exact = routeByPath.get(clean);
    return exact == null || (!exact.methods().contains(asked) && routeByPath.containsKey(without))
        ? without
        : clean;
  }

  /// The exact path, else the longest route that ends with `/` and is above it.
  private @Nullable Route find(String path) {
    Route exact = routeByPath.get(path);
    for (int slash = path.lastIndexOf('/');
        exact == null && slash >= 0;
        slash = path.lastIndexOf('/', slash - 1)) {
      exact = routeByPath.get(path.substring(0, slash + 1));
    }
    return exact;
  }

  private static String allowed(Route route) {
    TreeSet<String> methods = new TreeSet<>(route.methods());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return String.join(", ", methods);
  }

  private Set<String> paths() {
    return new TreeSet<>(routeByPath.keySet());
  }
}
