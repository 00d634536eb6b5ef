package dev.longshore.rulelab.oncall;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// An on-call file that is being made, and what is to be said of it.
final class OnCallDraft {
  private final Map<String, Map<String, Object>> people = new LinkedHashMap<>();
  private final List<Map<String, Object>> rotations = new ArrayList<>();
  private final List<Map<String, Object>> escalations = new ArrayList<>();
  private final Set<String> receivers = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();
  private int left;

  /// Somebody who is named somewhere; their receiver has their name.
  ///
  /// @param slack null when that is not known
  String person(String name, @Nullable String slack) {
    Map<String, Object> person = people.computeIfAbsent(name, OnCallDraft::newPerson);
    if (slack != null) {
      person.put("slack", slack);
    }
    receivers.add(name);
    return name;
  }

  private static Map<String, Object> newPerson(String name) {
    Map<String, Object> person = new LinkedHashMap<>();
    person.put("name", name);
    person.put("receivers", List.of(name));
    return person;
  }

  void rotation(Map<String, Object> rotation) {
    rotations.add(rotation);
  }

  /// An escalation for the groups of a receiver with its name.
  void escalation(
      String name, List<Map<String, Object>> steps, @Nullable Map<String, Object> repeat) {
    Map<String, Object> escalation = new LinkedHashMap<>();
    escalation.put("name", name);
    escalation.put("receivers", List.of(name));
    escalation.put("steps", steps);
    if (repeat != null) {
      escalation.put("repeat", repeat);
    }
    escalations.add(escalation);
    receivers.add(name);
  }

  /// Something was not carried over.
  void leftOut(String where, String what) {
    left++;
    notes.add("not carried over: " + where + ": " + what);
  }

  /// A mapping with a value for a key.
  static Map<String, Object> mapping(String key, Object value) {
    Map<String, Object> mapping = new LinkedHashMap<>();
    mapping.put(key, value);
    return mapping;
  }

  ImportedOnCall done() {
    Map<String, Object> file = new LinkedHashMap<>();
    if (!people.isEmpty()) {
      file.put("people", List.copyOf(people.values()));
    }
    if (!rotations.isEmpty()) {
      file.put("rotations", rotations);
    }
    if (!escalations.isEmpty()) {
      file.put("escalations", escalations);
    }
    if (!receivers.isEmpty()) {
      notes.add(
          "write receivers with these names into the Alertmanager file, or other names here: "
              + String.join(", ", receivers));
    }
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setDereferenceAliases(true)
            .build();
    String text = file.isEmpty() ? "" : new Dump(settings).dumpToString(file);
    return new ImportedOnCall(text, List.copyOf(receivers), notes, left);
  }
}
