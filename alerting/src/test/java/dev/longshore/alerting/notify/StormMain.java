package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.ReceiverClients;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.testkit.slack.SlackServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;

/// Many notifications, but never so many at once that they become one message, as a process that
/// [KillTest] kills: `<state.dir> <app_url> <channels> <groups per channel>`. It flushes the same
/// groups each time that it starts, as the dispatcher does after a restart, prints `ready` then,
/// and `empty` when nothing is left to be sent.
final class StormMain {
  private StormMain() {}

  public static void main(String[] arguments) throws Exception {
    int channels = Integer.parseInt(arguments[2]);
    int groups = Integer.parseInt(arguments[3]);
    Clock clock = Clock.system();
    Database database = Database.open(Path.of(arguments[0]), List.of(Notifier.SCHEMA), clock);
    Loop loop =
        new Loop(
            "alerting",
            clock,
            failure -> {
              failure.printStackTrace();
              Runtime.getRuntime().halt(3);
            });
    Notifier notifier =
        new Notifier(
            new StateWriter(
                database,
                clock,
                loop,
                Executors.newSingleThreadExecutor(),
                new SimpleMeterRegistry()),
            loop,
            clock,
            Executors.newVirtualThreadPerTaskExecutor(),
            new Random(),
            new ReceiverClients(""),
            alerts -> List.of(),
            (alert, at, stage, what) -> {},
            new SimpleMeterRegistry());
    loop.start();
    List<Receiver> receivers = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      SlackAccess access = new SlackAccess.Bot(SecretSource.given(SlackServer.TOKEN), arguments[1]);
      receivers.add(
          new Receiver("team-" + channel, List.of(SlackSettings.of(access, "#storm-" + channel))));
    }
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    loop.call(
        () -> {
          notifier.receivers(receivers, library);
          return true;
        });
    for (int group = 0; group < groups; group++) {
      for (int channel = 0; channel < channels; channel++) {
        while (loop.call(notifier::waiting) >= FloodDigest.MESSAGES - 1) {
          clock.sleep(Duration.ofMillis(2));
        }
        AlertGroup flushed = group(channel, group);
        loop.execute(() -> notifier.flush(flushed, clock.now()));
      }
    }
    loop.call(() -> true);
    System.out.println("ready");
    while (loop.call(notifier::waiting) > 0) {
      clock.sleep(Duration.ofMillis(20));
    }
    System.out.println("empty");
    while (System.in.read() >= 0) {
      // Until it is killed.
    }
  }

  private static AlertGroup group(int channel, int number) {
    Instant now = Instant.parse("2026-11-23T06:00:00Z");
    Labels labels =
        Labels.of("alertname", "Storm", "pod", "pod-" + channel + "-" + number + "-end");
    Alert alert =
        new Alert(labels, Labels.EMPTY, now, null, now, "", Alert.Origin.RULE, Evidence.NONE);
    return new AlertGroup(
        "{}:{pod=\"" + number + "\"}",
        "{}:{pod=\"" + number + "\"}",
        "team-" + channel,
        labels,
        List.of(new Member(alert, Suppression.NONE)),
        Duration.ofHours(4));
  }
}
