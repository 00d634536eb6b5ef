package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.methods.SlackApiTextResponse;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.shared.net.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What Slack is asked while people answer a message: a URL for Socket Mode, modals, who belongs to
/// a user group, and a sentence for one person. Each call blocks, bounded in time; safe for use by
/// any thread.
public final class SlackWeb implements AutoCloseable {

  /// A modal must be open 3 s after the press.
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Address address;
  private final SecretSource token;
  private final SlackCalls calls;

  private SlackWeb(Address address, SecretSource token, HttpSettings http) {
    this.address = address;
    this.token = token;
    this.calls = new SlackCalls(address.methods(), http, TIMEOUT);
  }

  /// As the bot of an entry of `slack_configs`.
  public static SlackWeb of(SlackSettings settings) {
    Address address = Address.of(settings);
    return new SlackWeb(address, address.secret(), settings.http());
  }

  /// With the app-level token of an entry.
  public static SlackWeb of(SlackSettings settings, SecretSource appLevelToken) {
    return new SlackWeb(Address.of(settings), appLevelToken, settings.http());
  }

  /// An answer of Slack's, or why there is none.
  ///
  /// @param value null when it failed
  /// @param failure null when it did not
  public record Reply<T>(@Nullable T value, @Nullable DeliveryResult failure) {

    /// Why there is no answer, in words; null where there is one.
    public @Nullable String problem() {
      return switch (failure) {
        case null -> null;
        case DeliveryResult.Misconfigured(String code, String remedy) -> code + ": " + remedy;
        case DeliveryResult.PayloadRejected(String code, String message) -> message;
        case DeliveryResult.TargetMissing(String code) -> code;
        case DeliveryResult.Retry retry -> retry.message();
        case DeliveryResult.Delivered delivered -> "unexpected answer";
      };
    }

    /// Slack's code of the failure; empty where it gave none.
    public String code() {
      return switch (failure) {
        case DeliveryResult.Misconfigured(String code, String remedy) -> code;
        case DeliveryResult.PayloadRejected(String code, String message) -> code;
        case null, default -> "";
      };
    }
  }

  private <R extends SlackApiTextResponse, T> Reply<T> call(
      SlackCalls.Method<R> method, Function<R, @Nullable T> value) {
    try {
      SlackCalls.Result<R> result = calls.call(token.value(), method);
      R response = result.response();
      if (result.deliveryResult() != null || response == null) {
        return new Reply<>(null, result.deliveryResult());
      }
      T read = value.apply(response);
      return read == null
          ? new Reply<>(null, SlackTransport.unreadable())
          : new Reply<>(read, null);
    } catch (UncheckedIOException e) {
      return new Reply<>(
          null, new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage())));
    }
  }

  /// A URL for one connection of Socket Mode; with an app-level token.
  public Reply<String> connectionUrl() {
    return call(
        methods -> methods.appsConnectionsOpen(it -> it),
        response -> {
          String url = response.getUrl();
          boolean plain = address.methods().startsWith("http://");
          return url != null && (url.startsWith("wss://") || (plain && url.startsWith("ws://")))
              ? url
              : null;
        });
  }

  /// Connects to such a URL.
  ///
  /// @throws IOException when that fails; the message does not hold the URL
  public WebSocket connect(String url, WebSocket.Listener listener)
      throws IOException, InterruptedException {
    return calls.connect(url, listener);
  }

  /// Opens a modal.
  ///
  /// @return its id
  public Reply<String> openView(String triggerId, ObjectNode view) {
    return call(
        methods -> methods.viewsOpen(it -> it.triggerId(triggerId).viewAsString(view.toString())),
        response -> response.getView() == null ? null : response.getView().getId());
  }

  /// Shows something else in a modal, unless it has changed since.
  ///
  /// @param hash of the modal as it was seen
  public Reply<String> updateView(String viewId, String hash, ObjectNode view) {
    return call(
        methods ->
            methods.viewsUpdate(it -> it.viewId(viewId).hash(hash).viewAsString(view.toString())),
        response -> response.getView() == null ? null : response.getView().getId());
  }

  /// The ids of the people of a user group.
  public Reply<List<String>> membersOf(String userGroup) {
    return call(
        methods -> methods.usergroupsUsersList(it -> it.usergroup(userGroup)),
        response -> response.getUsers() == null ? null : List.copyOf(response.getUsers()));
  }

  /// The time zone that a person has set in Slack.
  public Reply<ZoneId> zoneOf(String user) {
    return call(
        methods -> methods.usersInfo(it -> it.user(user)),
        response -> response.getUser() == null ? null : zone(response.getUser().getTz()));
  }

  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// Shows a message to one person of a channel alone.
  ///
  /// @return why it could not be; null when it was
  public @Nullable String showTo(String user, String channel, ObjectNode message) {
    return call(
            methods ->
                methods.chatPostEphemeral(
                    it ->
                        it.user(user)
                            .channel(channel)
                            .text(message.path("text").asText())
                            .blocksAsString(
                                message.has("blocks") ? message.path("blocks").toString() : null)),
            _ -> true)
        .problem();
  }

  /// Posts to a `response_url`.
  ///
  /// @return why it was not taken; null when it was
  public @Nullable String respond(String responseUrl, ObjectNode message) {
    if (!isSlacks(responseUrl)) {
      return "its response_url is not Slack's";
    }
    DeliveryResult result = calls.post(responseUrl, message.toString());
    return result instanceof DeliveryResult.Delivered ? null : new Reply<>(null, result).problem();
  }

  /// Whether a URL leads to Slack, or to where its methods are.
  private boolean isSlacks(String url) {
    try {
      URI uri = URI.create(url);
      Authority there = Authority.of(uri);
      Authority methods = Authority.of(URI.create(address.methods()));
      if (there == null || methods == null) {
        return false;
      }
      String host = there.host().toLowerCase(Locale.ROOT);
      boolean slack =
          "https".equals(uri.getScheme())
              && (host.endsWith(".slack.com") || host.endsWith(".slack-gov.com"));
      return slack || (there.host().equals(methods.host()) && there.port() == methods.port());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
