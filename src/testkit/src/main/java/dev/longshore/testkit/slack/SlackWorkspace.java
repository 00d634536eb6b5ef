package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Everything that a workspace knows. Guarded by its own monitor.
final class SlackWorkspace {
  static final String BOT = "U0LONGSHORE";
  static final String TEAM = "T0LONGSHORE";
  static final String APP = "A0LONGSHORE";

  final Clock clock;
  final SlackRates rates;
  final Map<String, SlackChannel> channels = new LinkedHashMap<>();
  final Map<String, String> webhooks = new LinkedHashMap<>();
  final Set<String> scopes =
      new TreeSet<>(
          Set.of(
              "chat:write",
              "chat:write.customize",
              "channels:history",
              "channels:read",
              "commands",
              "users:read",
              "usergroups:read"));

  /// The valid app-level token, and its scopes.
  String appToken = SlackServer.APP_TOKEN;

  final Set<String> appScopes = new TreeSet<>(Set.of("connections:write"));

  /// The people of user groups, by the group's id.
  final Map<String, List<String>> userGroups = new LinkedHashMap<>();

  final Map<String, SlackUser> users = new LinkedHashMap<>();
  String tokenState = "";
  boolean opensChannels;
  int burst = SlackServer.BURST;
  int workspaceBurst = SlackServer.WORKSPACE_BURST;
  @Nullable Duration editWindow;
  private long lastTs;
  private int ids;

  SlackWorkspace(Clock clock) {
    this.clock = clock;
    this.rates = new SlackRates(clock);
  }

  SlackChannel open(String name) {
    SlackChannel channel = new SlackChannel("C%09d".formatted(++ids), name.replaceFirst("^#", ""));
    channels.put(channel.id, channel);
    return channel;
  }

  /// A channel by id or by name, with or without `#`, one that is not archived before others; null
  /// when there is none.
  @Nullable SlackChannel find(String idOrName) {
    SlackChannel byId = channels.get(idOrName);
    if (byId != null) {
      return byId;
    }
    String name = idOrName.replaceFirst("^#", "").toLowerCase(Locale.ROOT);
    SlackChannel archived = null;
    for (SlackChannel channel : channels.values()) {
      if (channel.name.equals(name) && !channel.archived) {
        return channel;
      }
      archived = channel.name.equals(name) ? channel : archived;
    }
    if (archived != null) {
      return archived;
    }
    return opensChannels && !name.isEmpty() ? open(name) : null;
  }

  /// Whether messages must wait; zero when not.
  Duration mayPost(String key) {
    Duration whole = rates.take("workspace", workspaceBurst, Duration.ofMillis(200));
    return whole.isZero() ? rates.take("post " + key, burst, Duration.ofSeconds(1)) : whole;
  }

  /// Whether a method of Tier 3 must wait; zero when not.
  Duration mayCall(String method) {
    return rates.take("method " + method, 50, Duration.ofMillis(1_200));
  }

  SlackMessage post(
      SlackChannel channel,
      @Nullable String threadTs,
      boolean broadcast,
      @Nullable JsonNode metadata,
      SlackMessage.Content content) {
    Instant now = clock.now();
    long micros = Math.max(now.toEpochMilli() * 1_000, lastTs + 1);
    lastTs = micros;
    String author = content.body().path("username").asText("");
    SlackMessage message =
        new SlackMessage(
            channel.id,
            "%d.%06d".formatted(micros / 1_000_000, micros % 1_000_000),
            threadTs,
            broadcast,
            author.isEmpty() ? "longshore" : author,
            now,
            metadata,
            content);
    message.pings.addAll(SlackPings.of(content));
    channel.messages.add(message);
    return message;
  }

  /// A message that is there; null when there is none or it was deleted.
  @Nullable SlackMessage message(SlackChannel channel, String ts) {
    for (SlackMessage message : channel.messages) {
      if (message.ts.equals(ts)) {
        return message.deleted ? null : message;
      }
    }
    return null;
  }

  List<SlackMessage> copies(SlackChannel channel) {
    return channel.messages.stream().map(SlackMessage::copy).toList();
  }
}
