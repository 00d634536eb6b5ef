package dev.longshore.alerting.config;

import dev.longshore.alerting.oncall.EscalationPolicy;
import dev.longshore.alerting.oncall.EscalationStep;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Person;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The on-call file: people, rotations, escalations.
public final class OnCallFile {
  private static final Duration REPEAT_AFTER = Duration.ofMinutes(15);
  private static final int MAX_REPEATS = 100;

  /// The receivers of the Alertmanager file.
  private final Set<String> receivers;

  private final Set<String> people = new LinkedHashSet<>();
  private final Set<String> slackIds = new HashSet<>();
  private final Set<String> rotations = new LinkedHashSet<>();

  private OnCallFile(Set<String> receivers) {
    this.receivers = receivers;
  }

  /// Reads a file.
  ///
  /// @param receivers of the Alertmanager file
  /// @throws ConfigException with all its problems
  public static OnCall load(Path file, Set<String> receivers) {
    ConfigReader reader = ConfigReader.readVerbatim(file);
    OnCall onCall = new OnCallFile(receivers).read(reader.root());
    reader.finish();
    return onCall;
  }

  private OnCall read(Section root) {
    List<Person> read = new ArrayList<>();
    for (Section section : root.sections("people", "Who can be on call.")) {
      read.add(person(section));
    }
    RotationKeys rotationKeys = new RotationKeys(people);
    List<Rotation> allRotations = new ArrayList<>();
    for (Section section : root.sections("rotations", "Who is on call when.")) {
      Rotation rotation = rotationKeys.read(section);
      if (!rotations.add(rotation.name())) {
        section.problem(
            "name", "the rotation '" + rotation.name() + "' is there already; names are unique");
      }
      allRotations.add(rotation);
    }
    return new OnCall(read, allRotations, policies(root));
  }

  private Person person(Section section) {
    String name = section.requiredString("name", "");
    if (!people.add(name)) {
      section.problem("name", "the person '" + name + "' is there already; names are unique");
    }
    List<String> own = known(section, "receivers", "receiver", receivers);
    if (own.isEmpty() && section.isAbsent("receivers")) {
      section.problem(
          "receivers", "is missing; name receivers of the Alertmanager file that reach " + name);
    }
    return new Person(name, own, slack(section));
  }

  /// A Slack user id that nobody else has: presses in Slack are told apart by it.
  private @Nullable String slack(Section section) {
    String id = section.optionalString("slack", "");
    if (id == null) {
      return null;
    }
    if (!id.matches("[UW][A-Z0-9]{2,20}")) {
      section.problem(
          "slack",
          "'" + id + "' is no id; write one such as U012AB3CD, by Copy member ID in the profile");
      return null;
    }
    if (!slackIds.add(id)) {
      section.problem("slack", "another person has '" + id + "' already; an id is one person's");
    }
    return id;
  }

  private List<EscalationPolicy> policies(Section root) {
    List<EscalationPolicy> policies = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> escalated = new HashSet<>();
    for (Section section : root.sections("escalations", "What is done without acknowledgement.")) {
      EscalationPolicy policy = policy(section);
      if (!names.add(policy.name())) {
        section.problem(
            "name", "the escalation '" + policy.name() + "' is there already; names are unique");
      }
      for (String receiver : policy.receivers()) {
        if (!escalated.add(receiver)) {
          section.problem(
              "receivers",
              "the groups of '" + receiver + "' are escalated already; a receiver has one");
        }
      }
      policies.add(policy);
    }
    return policies;
  }

  private EscalationPolicy policy(Section section) {
    String name = section.requiredString("name", "");
    List<String> own = known(section, "receivers", "receiver", receivers);
    if (own.isEmpty() && section.isAbsent("receivers")) {
      section.problem(
          "receivers", "is missing; name receivers of the Alertmanager file that routes go to");
    }
    List<EscalationStep> steps = new ArrayList<>();
    for (Section step : section.sections("steps", "")) {
      steps.add(step(step));
    }
    if (steps.isEmpty()) {
      section.problem("steps", "is missing; write at least one step");
      steps.add(new EscalationStep(Duration.ZERO, List.of(), List.of(), List.of(), List.of()));
    }
    Section repeat = section.section("repeat", "");
    return new EscalationPolicy(
        name,
        own,
        steps,
        repeat.integer("times", 0, 0, MAX_REPEATS, ""),
        repeat.value("after", PrometheusTypes.POSITIVE_DURATION, REPEAT_AFTER, ""),
        section.line());
  }

  private EscalationStep step(Section section) {
    EscalationStep step =
        new EscalationStep(
            section.value("after", PrometheusTypes.DURATION, Duration.ZERO, ""),
            known(section, "rotations", "rotation", rotations),
            known(section, "next", "rotation", rotations),
            known(section, "people", "person", people),
            known(section, "receivers", "receiver", receivers));
    boolean tellsNobody =
        List.of("rotations", "next", "people", "receivers").stream().allMatch(section::isAbsent);
    if (tellsNobody) {
      section.problem("the step tells nobody; write rotations, next, people or receivers");
    }
    return step;
  }

  private static List<String> known(Section section, String key, String what, Set<String> known) {
    List<String> names = section.strings(key, List.of(), "");
    for (String name : names) {
      if (!known.contains(name)) {
        section.problem(key, unknown(what, name, known));
      }
    }
    return names;
  }

  static String unknown(String what, String name, Set<String> known) {
    return "there is no "
        + what
        + " '"
        + name
        + "'; known: "
        + (known.isEmpty() ? "none" : String.join(", ", known.stream().sorted().toList()));
  }
}
