package dev.longshore.testkit.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Socket Mode's side of Slack: URLs that `apps.connections.open` gives out, the WebSockets behind
/// them, and the envelopes that wait to be acknowledged. Its state is guarded by the workspace.
final class SlackSockets implements SlackSocket.Listener, AutoCloseable {

  /// Slack takes so many connections of an app at a time.
  static final int MAX_CONNECTIONS = 10;

  /// A URL that nobody has connected to is void then.
  private static final Duration TICKET = Duration.ofSeconds(30);

  private final SlackWorkspace workspace;
  private final ServerSocket server;
  private final Map<String, Instant> tickets = new HashMap<>();
  private final List<SlackSocket> sockets = new ArrayList<>();
  private final Map<String, SlackAct> waiting = new LinkedHashMap<>();
  private final List<String> protocolErrors = new ArrayList<>();
  private int numbers;
  private int next;

  SlackSockets(SlackWorkspace workspace, InetAddress address) throws IOException {
    this.workspace = workspace;
    this.server = new ServerSocket();
    server.bind(new InetSocketAddress(address, 0));
    Thread.ofVirtual().name("slack-sockets").start(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().name("slack-socket").start(() -> serve(socket));
      } catch (IOException e) {
        return; // it was closed
      }
    }
  }

  private void serve(Socket accepted) {
    try {
      accepted.setTcpNoDelay(true);
      SlackSocket socket = new SlackSocket(accepted);
      SlackSocket.Opening opening = socket.readOpening();
      int connections;
      synchronized (workspace) {
        Instant until = tickets.remove(opening.target());
        boolean valid = until != null && !workspace.clock.now().isAfter(until);
        String key = opening.key();
        if (!valid || key == null) {
          socket.refuse(valid ? 400 : 404);
          socket.close();
          return;
        }
        socket.accept(key);
        if (sockets.size() >= MAX_CONNECTIONS) {
          socket.send(disconnect("too_many_websockets").toString());
          socket.close();
          return;
        }
        sockets.add(socket);
        connections = sockets.size();
        socket.send(hello(connections).toString());
      }
      socket.read(this);
    } catch (IOException e) {
      // Whoever connected has gone.
    }
  }

  private static ObjectNode hello(int connections) {
    ObjectNode hello = SlackReply.JSON.createObjectNode().put("type", "hello");
    hello.put("num_connections", connections);
    hello
        .putObject("debug_info")
        .put("host", "applink-longshore")
        .put("build_number", 10)
        .put("approximate_connection_time", 18_060);
    hello.putObject("connection_info").put("app_id", SlackWorkspace.APP);
    return hello;
  }

  static ObjectNode disconnect(String reason) {
    ObjectNode disconnect =
        SlackReply.JSON.createObjectNode().put("type", "disconnect").put("reason", reason);
    disconnect.putObject("debug_info").put("host", "applink-longshore");
    return disconnect;
  }

  /// A URL for one connection.
  String url() {
    synchronized (workspace) {
      String target =
          "/link/?ticket="
              + ++numbers
              + "-"
              + workspace.clock.epochMillis()
              + "&app_id="
              + SlackWorkspace.APP;
      tickets.put(target, workspace.clock.now().plus(TICKET));
      return "ws://"
          + server.getInetAddress().getHostAddress()
          + ":"
          + server.getLocalPort()
          + target;
    }
  }

  @Override
  public void text(SlackSocket socket, String text) {
    synchronized (workspace) {
      JsonNode answer;
      try {
        answer = SlackReply.JSON.readTree(text);
      } catch (JsonProcessingException e) {
        protocolErrors.add("no JSON: " + text);
        return;
      }
      SlackAct act = waiting.get(answer.path("envelope_id").asText());
      if (act == null) {
        protocolErrors.add("acknowledges what was not sent, or twice: " + text);
        return;
      }
      JsonNode payload = answer.get("payload");
      String problem = payload == null ? null : problem(payload, act);
      if (problem != null) {
        protocolErrors.add(problem + ": " + text);
      }
      waiting.remove(act.envelopeId);
      SlackModal modal = act.modal;
      if (modal != null
          && (payload == null || payload.path("response_action").asText().equals("clear"))) {
        modal.closed = true;
      }
      act.acknowledged(Duration.between(act.sentAt, workspace.clock.now()), payload);
    }
  }

  /// What is wrong with an answer; null when nothing is.
  private static @Nullable String problem(JsonNode payload, SlackAct act) {
    if (act.blockIds.isEmpty()) {
      return payload.isObject() ? null : "the payload is no object";
    }
    String action = payload.path("response_action").asText();
    if (!Set.of("errors", "clear", "update", "push").contains(action)) {
      return "a modal's answer has no response_action";
    }
    if (action.equals("errors")) {
      for (Iterator<String> names = payload.path("errors").fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!act.blockIds.contains(name)) {
          return "errors name a block that the modal has not: " + name;
        }
      }
    }
    return null;
  }

  @Override
  public void protocolError(String problem) {
    synchronized (workspace) {
      protocolErrors.add(problem);
    }
  }

  @Override
  public void ended(SlackSocket socket) {
    synchronized (workspace) {
      sockets.remove(socket);
      workspace.notifyAll();
    }
  }

  /// Sends an envelope by one of the connections, in turn.
  ///
  /// @return whether there is a connection
  boolean send(ObjectNode envelope, @Nullable SlackAct act) {
    synchronized (workspace) {
      if (sockets.isEmpty()) {
        return false;
      }
      if (act != null) {
        waiting.put(act.envelopeId, act);
      }
      return raw(envelope.toString());
    }
  }

  /// Sends a text as it is.
  boolean raw(String text) {
    synchronized (workspace) {
      for (int i = 0; i < sockets.size(); i++) {
        SlackSocket socket = sockets.get(next++ % sockets.size());
        try {
          socket.send(text);
          return true;
        } catch (IOException e) {
          // The app is just ending this one.
          socket.close();
        }
      }
      return false;
    }
  }

  /// Those that are open, the oldest first.
  List<SlackSocket> open() {
    synchronized (workspace) {
      return List.copyOf(sockets);
    }
  }

  List<String> protocolErrors() {
    synchronized (workspace) {
      return List.copyOf(protocolErrors);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open().forEach(SlackSocket::close);
  }
}
