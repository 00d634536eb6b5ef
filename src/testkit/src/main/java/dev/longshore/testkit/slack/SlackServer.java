package dev.longshore.testkit.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A stand-in for Slack: incoming webhooks (`/services/…`), the methods of the Web API that
/// Longshore calls (`/api/…`), and what a channel looks like (`GET /view/<channel>`).
///
/// It refuses what Slack refuses, with Slack's codes; its rate limits and times are those of the
/// clock that it is given. Safe for use by any thread.
public final class SlackServer implements AutoCloseable {

  /// A request that came in.
  ///
  /// @param method `chat.postMessage`…; `webhook` for a webhook
  /// @param channel as it was named; empty when it was not
  /// @param status answered with; 0 when the connection was dropped
  public record Call(String method, String channel, JsonNode arguments, int status) {}

  /// The only valid bot token.
  public static final String TOKEN = "xoxb-longshore-1";

  /// The valid app-level token at first.
  public static final String APP_TOKEN = "xapp-1-A0LONGSHORE-1";

  /// How many messages a channel takes at once; Slack is seen to take a few more.
  public static final int BURST = 5;

  /// How many messages a workspace takes at once; then 300 a minute.
  public static final int WORKSPACE_BURST = 300;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final SlackWorkspace workspace;
  private final SlackActs acts;
  private final SlackApi api;

  // Guarded by workspace.
  private final Deque<SlackFault> script = new ArrayDeque<>();
  private Function<Call, @Nullable SlackFault> otherwise = call -> null;
  private final List<Call> calls = new ArrayList<>();

  private SlackServer(InetSocketAddress address, Clock clock) throws IOException {
    workspace = new SlackWorkspace(clock);
    server = HttpServer.create(address, 0);
    acts =
        new SlackActs(
            workspace, new SlackSockets(workspace, address.getAddress()), url().toString());
    api = new SlackApi(workspace, acts);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /// Starts one on loopback, on any port.
  public static SlackServer start(Clock clock) {
    return start(0, clock);
  }

  /// Starts one on loopback.
  ///
  /// @param port 0 for any
  public static SlackServer start(int port, Clock clock) {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), clock);
  }

  /// @param address of this machine; with port 0 for any
  public static SlackServer start(InetSocketAddress address, Clock clock) {
    try {
      SlackServer started = new SlackServer(address, clock);
      started.server.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("the Slack stand-in can't listen on " + address, e);
    }
  }

  /// `http://<address>:<port>`.
  public URI url() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  /// The Web API: what to give as `app_url`.
  public String apiUrl() {
    return url() + "/api/";
  }

  /// What people do, and what they see of the app's answers.
  public SlackActs acts() {
    return acts;
  }

  /// Takes another app-level token from now on; connections that are open stay so.
  public void appToken(String token) {
    synchronized (workspace) {
      workspace.appToken = token;
    }
  }

  /// Takes the scope from the app-level token without which it opens no connection, or gives it
  /// back.
  public void mayConnect(boolean may) {
    synchronized (workspace) {
      workspace.appScopes.clear();
      workspace.appScopes.add(may ? "connections:write" : "authorizations:read");
    }
  }

  /// Makes people known to `users.info`, and a user group of them.
  public void userGroup(String id, SlackUser... members) {
    synchronized (workspace) {
      workspace.userGroups.put(id, List.of(members).stream().map(SlackUser::id).toList());
      know(members);
    }
  }

  /// Makes people known to `users.info`.
  public void know(SlackUser... people) {
    synchronized (workspace) {
      for (SlackUser person : people) {
        workspace.users.put(person.id(), person);
      }
    }
  }

  /// Opens a channel, of which the bot is a member.
  ///
  /// @return its id
  public String open(String channel) {
    synchronized (workspace) {
      return workspace.open(channel).id;
    }
  }

  /// Opens every channel that is named in a request, as a demo wants it.
  public void openAll() {
    synchronized (workspace) {
      workspace.opensChannels = true;
    }
  }

  /// An incoming webhook of a channel.
  public String webhook(String channel) {
    synchronized (workspace) {
      String path = "T0LONGSHORE/B%03d/secret".formatted(workspace.webhooks.size());
      workspace.webhooks.put(path, channel);
      return url() + "/services/" + path;
    }
  }

  /// Gives a channel another name; its id and its messages stay.
  public void rename(String channel, String name) {
    synchronized (workspace) {
      get(channel).name = name;
    }
  }

  /// Archives a channel.
  public void archive(String channel) {
    synchronized (workspace) {
      get(channel).archived = true;
    }
  }

  /// Brings an archived channel back.
  public void unarchive(String channel) {
    synchronized (workspace) {
      get(channel).archived = false;
    }
  }

  /// Takes the bot out of a channel.
  public void removeBot(String channel) {
    synchronized (workspace) {
      get(channel).member = false;
    }
  }

  /// Answers every call with an error about the token: `token_revoked`…; valid again with an empty
  /// text.
  public void token(String error) {
    synchronized (workspace) {
      workspace.tokenState = error;
    }
  }

  /// Takes a scope from the bot.
  public void withoutScope(String scope) {
    synchronized (workspace) {
      workspace.scopes.remove(scope);
    }
  }

  /// How long a message can be edited; null for ever.
  public void editWindow(@Nullable Duration window) {
    synchronized (workspace) {
      workspace.editWindow = window;
    }
  }

  /// How many messages a channel and the workspace take at once before one a second, and five.
  public void bursts(int channel, int whole) {
    synchronized (workspace) {
      workspace.burst = channel;
      workspace.workspaceBurst = whole;
    }
  }

  /// Deletes a message, as a person does.
  public void delete(String channel, String ts) {
    synchronized (workspace) {
      get(channel).messages.stream()
          .filter(message -> message.ts.equals(ts))
          .forEach(message -> message.deleted = true);
    }
  }

  /// What happens to the next requests, one each; null lets one through.
  public void next(@Nullable SlackFault... faults) {
    synchronized (workspace) {
      for (SlackFault fault : faults) {
        script.add(fault == null ? new SlackFault.Code("") : fault);
      }
    }
  }

  /// What happens to requests for which nothing was said by [#next]; null for nothing.
  public void otherwise(Function<Call, @Nullable SlackFault> faults) {
    synchronized (workspace) {
      otherwise = faults;
    }
  }

  /// All requests so far, in order.
  public List<Call> calls() {
    synchronized (workspace) {
      return List.copyOf(calls);
    }
  }

  /// All that was ever posted in a channel, in order, replies too.
  public List<SlackMessage> messages(String channel) {
    synchronized (workspace) {
      return workspace.copies(get(channel));
    }
  }

  /// What stands in a channel: neither replies nor what was deleted.
  public List<SlackMessage> topLevel(String channel) {
    return messages(channel).stream().filter(m -> m.threadTs() == null && !m.deleted()).toList();
  }

  /// The replies to a message, in order.
  public List<SlackMessage> thread(String channel, String ts) {
    return messages(channel).stream().filter(m -> ts.equals(m.threadTs())).toList();
  }

  /// A channel as a person sees it.
  public String view(String channel) {
    synchronized (workspace) {
      return SlackView.of(get(channel));
    }
  }

  /// All channels as a person sees them.
  public String view() {
    synchronized (workspace) {
      List<String> views = new ArrayList<>();
      workspace.channels.values().forEach(channel -> views.add(SlackView.of(channel)));
      return String.join("\n", views);
    }
  }

  private SlackChannel get(String name) {
    SlackChannel channel = workspace.find(name);
    if (channel == null) {
      throw new IllegalArgumentException("there is no channel " + name);
    }
    return channel;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (path.startsWith("/view")) {
        String name = path.replaceFirst("^/view/?", "");
        send(exchange, SlackReply.text(200, name.isEmpty() ? view() : view(name)));
        return;
      }
      String method =
          path.startsWith("/services/")
              ? "webhook"
              : path.startsWith("/actions/") ? "response_url" : path.replaceFirst("^/(api/)?", "");
      JsonNode arguments = arguments(exchange, body);
      @Nullable SlackFault fault;
      SlackReply reply;
      synchronized (workspace) {
        Call call = new Call(method, arguments.path("channel").asText(""), arguments, 0);
        fault = script.isEmpty() ? otherwise.apply(call) : script.poll();
        if (fault instanceof SlackFault.Code(String error) && error.isEmpty()) {
          fault = null;
        }
        reply = answer(method, path, exchange, arguments, fault);
        int status =
            fault instanceof SlackFault.Dropped
                    || fault instanceof SlackFault.ReplyLost
                    || fault instanceof SlackFault.Hangs
                ? 0
                : reply.status();
        calls.add(new Call(method, call.channel(), arguments, status));
      }
      switch (fault) {
        case SlackFault.Dropped dropped -> {}
        case SlackFault.ReplyLost lost -> {}
        case SlackFault.Hangs hangs -> closed.await();
        case null -> send(exchange, reply);
        case SlackFault other -> send(exchange, reply);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SlackReply answer(
      String method,
      String path,
      HttpExchange exchange,
      JsonNode arguments,
      @Nullable SlackFault fault) {
    boolean webhook = method.equals("webhook");
    return switch (fault) {
      case SlackFault.RateLimited(Duration retryAfter) ->
          SlackReply.rateLimited(retryAfter, webhook);
      case SlackFault.Status(int status) -> SlackReply.text(status, "upstream error");
      case SlackFault.Code(String error) ->
          webhook ? SlackReply.text(webhookStatus(error), error) : SlackReply.error(error);
      case SlackFault.Dropped dropped -> SlackReply.text(500, "");
      case SlackFault.Hangs hangs -> SlackReply.text(500, "");
      case SlackFault.ReplyLost lost -> process(method, path, exchange, arguments);
      case null -> process(method, path, exchange, arguments);
    };
  }

  private static int webhookStatus(String error) {
    return switch (error) {
      case "action_prohibited", "invalid_token", "posting_to_general_channel_denied" -> 403;
      case "channel_not_found", "no_service", "no_service_id", "no_team" -> 404;
      case "channel_is_archived" -> 410;
      case "rollup_error" -> 500;
      default -> 400;
    };
  }

  private SlackReply process(
      String method, String path, HttpExchange exchange, JsonNode arguments) {
    if (path.startsWith("/actions/")) {
      return acts.respond(path, arguments);
    }
    if (method.equals("webhook")) {
      return api.webhook(path.substring("/services/".length()), arguments);
    }
    if (!arguments.isObject()) {
      return SlackReply.error("invalid_json");
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String token =
        authorization != null && authorization.startsWith("Bearer ")
            ? authorization.substring("Bearer ".length())
            : arguments.path("token").asText(null);
    return api.call(method, token, (ObjectNode) arguments);
  }

  /// The arguments of a form or of a JSON body; not an object when the body is neither.
  private static JsonNode arguments(HttpExchange exchange, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null && type.startsWith("application/json")) {
      try {
        return SlackReply.JSON.readTree(text);
      } catch (JsonProcessingException e) {
        return SlackReply.JSON.missingNode();
      }
    }
    ObjectNode arguments = SlackReply.JSON.createObjectNode();
    for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
      String[] parts = pair.split("=", 2);
      arguments.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    return arguments;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, SlackReply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    if (reply.retryAfter() != null) {
      exchange
          .getResponseHeaders()
          .set("Retry-After", Long.toString(reply.retryAfter().toSeconds()));
    }
    exchange.sendResponseHeaders(reply.status(), reply.body().length);
    exchange.getResponseBody().write(reply.body());
  }

  @Override
  public void close() {
    closed.countDown();
    acts.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
