package dev.longshore.rulelab.command;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.command.Command;
import dev.longshore.alerting.command.Commands;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Shift;
import dev.longshore.alerting.reload.BrokenException;
import dev.longshore.alerting.reload.RoutingFiles;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.rulelab.ruletest.EscalationTrial;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.units.PrometheusDurations;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `longshore alerting oncall show|test --config FILE`: who is on call, and who would be told of an
/// alert, from the files alone. Exit code 1 when `test` finds that nothing is escalated, 2 when a
/// file or the command line is wrong.
final class OnCallCommand implements Command {
  private static final int MOST_DAYS = 366;

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ROOT);

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  OnCallCommand(Context context) {
    this.environment = context.environment();
    this.clock = context.clock();
    this.out = context.out();
    this.err = context.err();
  }

  @Override
  public String name() {
    return "oncall";
  }

  @Override
  public String synopsis() {
    return "oncall show|test --config FILE [--at TIME] [--days 14] [--labels name=value,…]\n"
        + "        [--for 2h] [--acknowledge-after 7m]";
  }

  @Override
  public String purpose() {
    return "show: who is on call now and over the next days; test: who would be told of an alert with\n"
        + "these labels, and when, in virtual time; nothing is sent";
  }

  @Override
  public int run(List<String> words) throws Wrong, IOException {
    String action = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    try {
      return switch (action) {
        case "show" -> show(new Arguments(rest, Set.of("--config", "--days", "--at"), Set.of(), 0));
        case "test" ->
            test(
                new Arguments(
                    rest,
                    Set.of("--config", "--labels", "--at", "--for", "--acknowledge-after"),
                    Set.of(),
                    0));
        default ->
            throw new Wrong(
                (action.isEmpty() ? "no action" : "unknown action '" + action + "'")
                    + "; expected: oncall show or oncall test");
      };
    } catch (BrokenException | TemplateException e) {
      err.println(e.getMessage());
      return Commands.WRONG;
    }
  }

  private RoutingFiles.Routing read(Arguments arguments) throws Wrong, BrokenException {
    String file = arguments.value("--config");
    if (file == null) {
      throw new Wrong("option --config is required");
    }
    AlertingConfig config = AlertingConfig.load(Path.of(file), environment);
    if (config.onCall() == null) {
      throw new Wrong(file + " names no on-call file; write its path under the key oncall");
    }
    return new RoutingFiles(config.routing(), config.onCall(), clock).read();
  }

  private int show(Arguments arguments) throws Wrong, BrokenException {
    int days = days(arguments.value("--days", "14"));
    OnCall onCall = read(arguments).onCall();
    Instant now = at(arguments.value("--at"));
    for (Rotation rotation : onCall.rotations()) {
      out.printf(
          "%s (%s): %s%n",
          rotation.name(), rotation.zone(), described(rotation.at(now), rotation.after(now)));
      for (Shift shift : rotation.shifts(now, now.plus(Duration.ofDays(days)))) {
        out.printf(
            "  %s – %s  %s%n",
            local(shift.from(), rotation.zone()),
            local(shift.to(), rotation.zone()),
            shift.person() == null ? "nobody" : shift.person());
      }
    }
    if (onCall.rotations().isEmpty()) {
      out.println("there are no rotations");
    }
    return Commands.OK;
  }

  private static String described(@Nullable String now, @Nullable String next) {
    return (now == null ? "nobody is on call now" : now + " is on call now")
        + (next == null ? "" : ", " + next + " next");
  }

  private static String local(Instant at, ZoneId zone) {
    return LOCAL.format(at.atZone(zone));
  }

  private int test(Arguments arguments)
      throws Wrong, BrokenException, TemplateException, IOException {
    Labels labels = labels(arguments.value("--labels"));
    Duration lasts = duration("--for", arguments.value("--for", "2h"));
    String acknowledged = arguments.value("--acknowledge-after");
    RoutingFiles.Routing routing = read(arguments);
    Instant start = at(arguments.value("--at"));
    boolean escalates =
        routing.file().routing().root().match(labels).stream()
            .anyMatch(route -> routing.onCall().policyOf(route.receiver()) != null);
    List<EscalationTrial.Event> events =
        EscalationTrial.run(
            routing,
            labels,
            start,
            lasts,
            acknowledged == null ? null : duration("--acknowledge-after", acknowledged));
    for (EscalationTrial.Event event : events) {
      out.printf(
          "%8s  %s%n",
          PrometheusDurations.format(
              Duration.ofSeconds(Duration.between(start, event.at()).toSeconds())),
          event.what());
    }
    if (!escalates) {
      err.println("nothing is escalated: no escalation is for the receivers of this alert");
      return Commands.FAILED;
    }
    return Commands.OK;
  }

  private static Labels labels(@Nullable String text) throws Wrong {
    if (text == null) {
      throw new Wrong("option --labels is required: those of the alert, such as severity=page");
    }
    Map<String, String> labels = new HashMap<>();
    for (Matcher matcher : Matchers.parse(text)) {
      if (matcher.op() != Matcher.Op.EQUAL) {
        throw new Wrong("'" + matcher + "' is no label; write name=value");
      }
      labels.put(matcher.name(), matcher.value());
    }
    labels.putIfAbsent(Labels.ALERT_NAME, "OnCallTest");
    return Labels.of(labels);
  }

  private Instant at(@Nullable String text) throws Wrong {
    if (text == null) {
      return clock.now();
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new Wrong("--at " + text + " is not a time; write one such as 2026-11-30T08:00:00Z");
    }
  }

  private static Duration duration(String option, String text) throws Wrong {
    try {
      return PrometheusDurations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Wrong(option + ": " + e.getMessage());
    }
  }

  private static int days(String text) throws Wrong {
    if (text.matches("\\d{1,3}")) {
      int days = Integer.parseInt(text);
      if (days >= 1 && days <= MOST_DAYS) {
        return days;
      }
    }
    throw new Wrong("--days " + text + " is not a number of days from 1 to " + MOST_DAYS);
  }
}
