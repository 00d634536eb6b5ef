package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/// `/longshore`: says what fires, which silences there are and who is on call, to those who may
/// answer messages about it. In a channel of a receiver these are its people, unless its
/// configuration names others; whom it names may ask anywhere.
final class SlashCommand {
  private final Interactions.Environment environment;
  private final Supplier<List<SlackEntry>> entries;
  private final Function<SlackEntry, SlackWeb> webs;
  private final Permission permission;

  SlashCommand(
      Interactions.Environment environment,
      Supplier<List<SlackEntry>> entries,
      Function<SlackEntry, SlackWeb> webs,
      Permission permission) {
    this.environment = environment;
    this.entries = entries;
    this.webs = webs;
    this.permission = permission;
  }

  Outcome answer(JsonNode payload, Person person) {
    if (!environment.leads().getAsBoolean()) {
      return Outcome.failed(Interactions.NOT_LEADING);
    }
    String channelId = payload.path("channel_id").asText("");
    String channelName = payload.path("channel_name").asText("").toLowerCase(Locale.ROOT);
    List<SlackEntry> asked =
        entries.get().stream()
            .filter(it -> it.answers().isLimited() || it.isIn(channelId, channelName))
            .filter(it -> permission.refusal(it, person, webs.apply(it)) == null)
            .toList();
    return asked.isEmpty()
        ? Outcome.refused(
            "No receiver whose messages you may answer tells this channel; ask in a channel with"
                + " alerts.")
        : answer(payload.path("text").asText(""), asked);
  }

  private Outcome answer(String text, List<SlackEntry> asked) {
    Engine engine = environment.engine();
    Instant now = environment.clock().now();
    String word = text.strip().toLowerCase(Locale.ROOT);
    try {
      return Outcome.done(
          switch (word) {
            case "", "firing", "alerts" ->
                CommandMessage.firing(environment.loop().call(() -> groups(asked)), now);
            case "silences" ->
                CommandMessage.silences(
                    environment.loop().call(() -> engine.silences().all()), now);
            case "oncall", "on-call" ->
                CommandMessage.onCall(
                    environment.loop().call(() -> engine.escalations().onCall()), now);
            default -> CommandMessage.help();
          });
    } catch (ExecutionException e) {
      return Interactions.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Interactions.NOT_LEADING);
    }
  }

  /// The groups that the receivers of some entries are told of.
  private List<AlertGroup> groups(List<SlackEntry> asked) {
    Engine engine = environment.engine();
    return engine.dispatcher().groups().stream()
        .filter(group -> asked.stream().anyMatch(it -> it.receiver().equals(group.receiver())))
        .map(engine.acknowledgements()::with)
        .toList();
  }
}
