package dev.longshore.alerting.oncall;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The on-call file as a value that a reload replaces.
public record OnCall(
    List<Person> people, List<Rotation> rotations, List<EscalationPolicy> policies) {

  /// Where there is no file.
  public static final OnCall NONE = new OnCall(List.of(), List.of(), List.of());

  public OnCall {
    people = List.copyOf(people);
    rotations = List.copyOf(rotations);
    policies = List.copyOf(policies);
  }

  /// A receiver that a step tells.
  ///
  /// @param because for people: `alice, on call in shop`
  public record Target(String receiver, String because) {}

  /// Whom a step tells at a moment.
  ///
  /// @param targets each receiver once
  /// @param absent for people, who of the step can't be told: rotations in which nobody is on call
  public record Told(List<Target> targets, List<String> absent) {
    public Told {
      targets = List.copyOf(targets);
      absent = List.copyOf(absent);
    }
  }

  /// The policy for the groups of a receiver; null when they are not escalated.
  public @Nullable EscalationPolicy policyOf(String receiver) {
    for (EscalationPolicy policy : policies) {
      if (policy.receivers().contains(receiver)) {
        return policy;
      }
    }
    return null;
  }

  /// The policy with a name; null when there is none.
  public @Nullable EscalationPolicy policy(String name) {
    for (EscalationPolicy policy : policies) {
      if (policy.name().equals(name)) {
        return policy;
      }
    }
    return null;
  }

  /// The person with a name; null when there is none.
  public @Nullable Person person(String name) {
    for (Person person : people) {
      if (person.name().equals(name)) {
        return person;
      }
    }
    return null;
  }

  /// The person with a Slack user id; null when nobody has it.
  public @Nullable Person bySlack(String id) {
    for (Person person : people) {
      if (id.equals(person.slack())) {
        return person;
      }
    }
    return null;
  }

  private @Nullable Rotation rotation(String name) {
    for (Rotation rotation : rotations) {
      if (rotation.name().equals(name)) {
        return rotation;
      }
    }
    return null;
  }

  /// Whom a step tells at a moment.
  public Told told(EscalationStep step, Instant now) {
    Map<String, Target> targets = new LinkedHashMap<>();
    List<String> absent = new ArrayList<>();
    for (String name : step.rotations()) {
      Rotation rotation = rotation(name);
      String person = rotation == null ? null : rotation.at(now);
      if (person == null) {
        absent.add("nobody is on call in " + name);
      } else {
        add(targets, person, person + ", on call in " + name);
      }
    }
    for (String name : step.next()) {
      Rotation rotation = rotation(name);
      String person = rotation == null ? null : rotation.after(now);
      if (person == null) {
        absent.add("nobody is on call in " + name + " next");
      } else {
        add(targets, person, person + ", on call next in " + name);
      }
    }
    step.people().forEach(name -> add(targets, name, name));
    for (String receiver : step.receivers()) {
      targets.putIfAbsent(receiver, new Target(receiver, receiver));
    }
    return new Told(List.copyOf(targets.values()), absent);
  }

  private void add(Map<String, Target> targets, String name, String because) {
    Person person = person(name);
    if (person != null) {
      for (String receiver : person.receivers()) {
        targets.putIfAbsent(receiver, new Target(receiver, because));
      }
    }
  }
}
