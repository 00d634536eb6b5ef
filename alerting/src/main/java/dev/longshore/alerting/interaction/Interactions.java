package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.receiver.slack.SlackAction;
import dev.longshore.alerting.receiver.slack.SlackReference;
import dev.longshore.alerting.receiver.slack.SlackWeb;
import dev.longshore.alerting.receiver.slack.socket.Envelope;
import dev.longshore.alerting.receiver.slack.socket.EnvelopeHandler;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// What people do in one Slack app, done. Runs on the executor, and on the alerting loop for what
/// that owns. Who did something is answered alone; what they did shows in the message.
final class Interactions implements EnvelopeHandler {
  private static final Duration HOUR = Duration.ofHours(1);
  static final String NOT_LEADING =
      "Another replica is taking over just now; try again in some seconds.";
  private static final String OTHER =
      "This message is of another Longshore, which uses the same Slack app: ";

  /// What it works with.
  ///
  /// @param commit waits until what was put is durable, or can't be for now
  /// @param loop the alerting loop
  /// @param logs null where there are none
  /// @param leads whether this process may act
  record Environment(
      Engine engine,
      SlackApps.Commit commit,
      Loop loop,
      Clock clock,
      Executor executor,
      @Nullable LogSource logs,
      String externalUrl,
      BooleanSupplier leads,
      InteractionMetrics metrics) {}

  private final Environment environment;
  private final Supplier<List<SlackEntry>> entries;
  private final Function<SlackEntry, SlackWeb> webs;
  private final GroupActions actions;
  private final Permission permission;
  private final Morning morning = new Morning();
  private final SlashCommand command;
  private final Replies replies;
  private final RateLimitedLogger log;

  /// @param entries those of the app that can be answered now
  /// @param webs Slack, as the bot of an entry
  Interactions(
      Environment environment,
      Supplier<List<SlackEntry>> entries,
      Function<SlackEntry, SlackWeb> webs) {
    this.environment = environment;
    this.entries = entries;
    this.webs = webs;
    this.actions = new GroupActions(environment.engine(), environment.clock());
    this.permission = new Permission(environment.clock());
    this.command = new SlashCommand(environment, entries, webs, permission);
    this.replies = new Replies(environment.clock(), environment.metrics());
    this.log =
        new RateLimitedLogger(
            LoggerFactory.getLogger(Interactions.class),
            environment.clock(),
            Duration.ofMinutes(1));
  }

  @Override
  public boolean answersWithAcknowledgement(Envelope envelope) {
    return envelope.payload().path("type").asText("").equals("view_submission");
  }

  @Override
  public @Nullable ObjectNode handle(Envelope envelope) {
    JsonNode payload = envelope.payload();
    if (envelope.type().equals("slash_commands")) {
      command(payload);
      return null;
    }
    return switch (payload.path("type").asText("")) {
      case "block_actions" -> {
        if (payload.path("container").path("type").asText("").equals("view")) {
          chosen(payload);
        } else {
          pressed(payload, payload.path("actions").path(0)); // Slack tells of one at a time
        }
        yield null;
      }
      case "view_submission" -> submitted(payload);
      default -> null;
    };
  }

  private void pressed(JsonNode payload, JsonNode pressed) {
    SlackAction action = SlackAction.of(pressed.path("action_id").asText(""));
    if (action == null) {
      return; // a button with an address, which Slack tells of too
    }
    Person person = Person.of(payload);
    String channel = payload.path("channel").path("id").asText("");
    String responseUrl = payload.path("response_url").asText("");
    SlackReference reference = SlackReference.parse(pressed.path("value").asText(""));
    SlackEntry entry = reference == null ? null : SlackEntry.find(entries.get(), reference);
    SlackWeb web = web(entry);
    if (web == null) {
      return; // the configuration has just lost the app
    }
    Outcome outcome = unlessKeptFrom(reference, entry, person, web);
    if (outcome == null && reference != null && entry != null) {
      outcome =
          action == SlackAction.SILENCE
              ? openForm(reference, person, channel, responseUrl, payload, web)
              : act(action, reference, entry, person, web);
    }
    if (outcome != null) {
      replies.note(action.word(), "button", person, channel, outcome);
      replies.tell(web, person, channel, responseUrl, outcome.message());
    }
  }

  private @Nullable SlackWeb web(@Nullable SlackEntry entry) {
    List<SlackEntry> all = entries.get();
    SlackEntry as = entry != null ? entry : all.isEmpty() ? null : all.getFirst();
    return as == null ? null : webs.apply(as);
  }

  /// Why nothing is done; null when nothing keeps it from being done.
  private @Nullable Outcome unlessKeptFrom(
      @Nullable SlackReference reference, @Nullable SlackEntry entry, Person person, SlackWeb web) {
    if (reference == null) {
      return Outcome.gone("This button is of an older version of Longshore and can't be used.");
    }
    if (!reference.isOf(environment.externalUrl())) {
      return Outcome.gone(
          OTHER
              + (reference.origin().isEmpty() ? "one without an address" : reference.origin())
              + ". Answer it there; and give each its own app, since Slack tells either of them.");
    }
    if (entry == null) {
      return Outcome.gone(
          "The configuration no longer has the receiver of this message, or it takes no answers.");
    }
    String refusal = permission.refusal(entry, person, web);
    if (refusal != null) {
      return Outcome.refused(refusal);
    }
    return environment.leads().getAsBoolean() ? null : Outcome.failed(NOT_LEADING);
  }

  private Outcome act(
      SlackAction action, SlackReference reference, SlackEntry entry, Person person, SlackWeb web) {
    Instant now = environment.clock().now();
    String group = reference.group();
    return switch (action) {
      case ACKNOWLEDGE -> change(() -> actions.acknowledge(group, person));
      case END_ACKNOWLEDGEMENT -> change(() -> actions.endAcknowledgement(group, person));
      case SILENCE_HOUR ->
          change(() -> actions.silence(group, person, now.plus(HOUR), "for an hour, from Slack"));
      case SILENCE_UNTIL_MORNING -> {
        Instant until = morning.after(now, entry.answers(), person, web);
        yield change(() -> actions.silence(group, person, until, "until morning, from Slack"));
      }
      case WHY -> why(group);
      case SHOW_LINES -> lines(group);
      case SILENCE -> throw new IllegalStateException("a modal is opened for it");
    };
  }

  /// Does something that changes state, and waits until that is durable.
  private Outcome change(Callable<Outcome> task) {
    try {
      Outcome outcome = environment.loop().call(task);
      if (!outcome.change().isEmpty()) {
        environment.commit().await();
        if (!environment.leads().getAsBoolean()) {
          return Outcome.failed(NOT_LEADING);
        }
      }
      return outcome;
    } catch (ExecutionException e) {
      log.warn(
          "change",
          event -> event.setMessage("An answer from Slack failed").setCause(e.getCause()));
      return failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(NOT_LEADING);
    }
  }

  static Outcome failed(ExecutionException e) {
    return Outcome.failed("It failed: " + FailureText.of(e.getCause() == null ? e : e.getCause()));
  }

  private @Nullable AlertGroup group(String hash) {
    try {
      return environment
          .loop()
          .call(
              () -> {
                AlertGroup group = actions.group(hash);
                return group == null ? null : environment.engine().acknowledgements().with(group);
              });
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private Outcome why(String hash) {
    AlertGroup group = group(hash);
    return group == null
        ? Outcome.gone(GroupActions.ENDED)
        : Outcome.done(
            WhyMessage.of(
                group,
                environment.clock().now(),
                member -> environment.engine().decisions().of(member.alert().fingerprint())));
  }

  private Outcome lines(String hash) {
    AlertGroup group = group(hash);
    if (group == null) {
      return Outcome.gone(GroupActions.ENDED);
    }
    List<Alert> firing = actions.firing(group);
    return Outcome.done(LinesMessage.of(firing, environment.clock().now(), environment.logs()));
  }

  /// @return what is told in its place; null when it is open
  private @Nullable Outcome openForm(
      SlackReference reference,
      Person person,
      String channel,
      String responseUrl,
      JsonNode payload,
      SlackWeb web) {
    AlertGroup group = group(reference.group());
    if (group == null) {
      return Outcome.gone(GroupActions.ENDED);
    }
    SilenceForm form = SilenceForm.of(reference, channel, responseUrl, actions.common(group));
    if (form.labels().isEmpty()) {
      return Outcome.failed(
          "The alerts of this message have no label in common by which they could be silenced.");
    }
    String covers = covers(form.all(), reference);
    SlackWeb.Reply<String> opened =
        web.openView(payload.path("trigger_id").asText(""), form.view(covers));
    if (opened.failure() == null) {
      environment.metrics().answered(SlackAction.SILENCE.word(), "done");
      return null;
    }
    boolean late = opened.code().contains("trigger_id");
    log.warn(
        "form",
        event ->
            event
                .setMessage("Slack did not open a modal")
                .addKeyValue("reason", opened.problem())
                .addKeyValue("person", person.id()));
    return Outcome.failed(
        late
            ? "It took more than the 3 seconds that Slack allows; press again."
            : "Slack did not open the form: " + opened.problem());
  }

  private String covers(List<Matcher> matchers, SlackReference reference) {
    if (matchers.isEmpty()) {
      return "Covers *nothing*: keep a label.";
    }
    try {
      return environment
          .loop()
          .call(
              () ->
                  actions.covers(
                      matchers, environment.engine().dispatcher().group(reference.group())));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /// Chips of the modal were dropped or taken back: it says what is covered now.
  private void chosen(JsonNode payload) {
    JsonNode view = payload.path("view");
    SilenceForm form = SilenceForm.read(view);
    SlackEntry entry = form == null ? null : SlackEntry.find(entries.get(), form.reference());
    if (form == null || entry == null) {
      return;
    }
    String covers = covers(form.chosen(view), form.reference());
    SlackWeb.Reply<String> updated =
        webs.apply(entry)
            .updateView(
                view.path("id").asText(""), view.path("hash").asText(""), form.view(covers));
    if (updated.failure() != null && !updated.code().equals("hash_conflict")) {
      log.warn(
          "form",
          event ->
              event
                  .setMessage("Slack did not take an update of a modal")
                  .addKeyValue("reason", updated.problem()));
    }
  }

  private @Nullable ObjectNode submitted(JsonNode payload) {
    JsonNode view = payload.path("view");
    SilenceForm form = SilenceForm.read(view);
    if (form == null) {
      return null;
    }
    Person person = Person.of(payload);
    SlackEntry entry = SlackEntry.find(entries.get(), form.reference());
    SlackWeb web = web(entry);
    List<Matcher> chosen = form.chosen(view);
    if (chosen.isEmpty()) {
      return SilenceForm.error(SilenceForm.LABELS, "A silence needs at least one label.");
    }
    if (web == null) {
      return null;
    }
    Outcome outcome = unlessKeptFrom(form.reference(), entry, person, web);
    if (outcome == null && entry != null) {
      Instant now = environment.clock().now();
      Duration duration = SilenceForm.duration(view);
      Instant until =
          duration == null ? morning.after(now, entry.answers(), person, web) : now.plus(duration);
      String comment = SilenceForm.comment(view);
      outcome =
          change(
              () ->
                  actions.silence(
                      chosen,
                      person,
                      until,
                      comment.isEmpty() ? "from Slack" : comment,
                      actions.group(form.reference().group())));
    }
    if (outcome == null) {
      return null;
    }
    Outcome result = outcome;
    replies.note("modal", "modal", person, form.channel(), result);
    if (!result.word().equals("done")) {
      return SilenceForm.error(
          SilenceForm.LABELS, result.message().path("text").asText("It failed."));
    }
    // Slack waits for what is returned here.
    environment
        .executor()
        .execute(
            () -> replies.tell(web, person, form.channel(), form.responseUrl(), result.message()));
    return null;
  }

  /// The form has closed as if all were well: the person is told otherwise.
  @Override
  public void late(Envelope envelope, ObjectNode answer) {
    SilenceForm form = SilenceForm.read(envelope.payload().path("view"));
    SlackWeb web = web(null);
    if (form != null && web != null) {
      String sentence = answer.path("errors").path(SilenceForm.LABELS).asText("It failed.");
      replies.tell(
          web,
          Person.of(envelope.payload()),
          form.channel(),
          form.responseUrl(),
          Messages.sentence("Nothing was silenced. " + sentence));
    }
  }

  private void command(JsonNode payload) {
    Person person = Person.ofCommand(payload);
    String channel = payload.path("channel_id").asText("");
    SlackWeb web = web(null);
    if (web != null) {
      Outcome outcome = command.answer(payload, person);
      replies.note("command", "command", person, channel, outcome);
      String responseUrl = payload.path("response_url").asText("");
      replies.tell(web, person, channel, responseUrl, outcome.message());
    }
  }
}
