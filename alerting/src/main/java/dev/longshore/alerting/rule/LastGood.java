package dev.longshore.alerting.rule;

import dev.longshore.alerting.rule.Reading.GroupReading;
import dev.longshore.alerting.rule.Reading.RuleReading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The last good version of each rule, which goes on while its present version is broken. One
/// thread.
///
/// A file that can't be read keeps all its groups, a broken group its rules, a broken rule itself.
/// What is gone from a sound file is gone on purpose.
public final class LastGood {

  /// A group that runs, each rule with what identifies it.
  private record Good(RuleGroup group, List<RuleId> ids) {}

  private Map<String, List<Good>> files = new LinkedHashMap<>();
  private Map<RuleId, BrokenRule> quarantined = new LinkedHashMap<>();

  /// One update, from what was to what is.
  private final class Update {
    private final Instant now;
    private final Map<RuleId, BrokenRule> broken = new LinkedHashMap<>();

    private Update(Instant now) {
      this.now = now;
    }

    private void quarantine(RuleId id, List<RuleProblem> problems, @Nullable RuleLocation running) {
      BrokenRule before = quarantined.get(id);
      broken.put(id, new BrokenRule(id, problems, before == null ? now : before.since(), running));
    }

    /// Keeps what is told of a file's groups and rules while the file itself is not read.
    private void keep(String file) {
      quarantined.forEach(
          (id, brokenRule) -> {
            if (id.file().equals(file) && !id.group().isEmpty()) {
              broken.putIfAbsent(id, brokenRule);
            }
          });
    }
  }

  /// Takes what all files say now; a file that is not there is gone.
  ///
  /// @param readings by the files' names, in their order
  public RuleSet update(Map<String, Reading> readings, Instant now) {
    Update update = new Update(now);
    Map<String, List<Good>> next = new LinkedHashMap<>();
    List<RuleProblem> warnings = new ArrayList<>();
    readings.forEach(
        (file, reading) -> {
          next.put(file, file(file, reading, update));
          warnings.addAll(reading.warnings());
        });
    Set<RuleId> removed = ids(files);
    removed.removeAll(ids(next));
    files = next;
    quarantined = update.broken;
    List<RuleGroup> groups = new ArrayList<>();
    next.values().forEach(all -> all.forEach(good -> groups.add(good.group)));
    return new RuleSet(groups, List.copyOf(update.broken.values()), warnings, List.copyOf(removed));
  }

  private static Set<RuleId> ids(Map<String, List<Good>> files) {
    Set<RuleId> ids = new LinkedHashSet<>();
    files.values().forEach(goods -> goods.forEach(good -> ids.addAll(good.ids)));
    return ids;
  }

  private List<Good> file(String file, Reading reading, Update update) {
    List<Good> before = files.getOrDefault(file, List.of());
    if (!reading.problems().isEmpty()) {
      RuleLocation running =
          before.isEmpty() ? null : new RuleLocation(file, RuleObjects.isName(file) ? 0 : 1);
      update.quarantine(RuleId.ofFile(file), reading.problems(), running);
      if (!before.isEmpty()) {
        update.keep(file);
        return before;
      }
    }
    Set<String> names = new HashSet<>();
    reading.groups().forEach(group -> names.add(group.name()));
    List<Good> goods = new ArrayList<>();
    for (int i = 0; i < reading.groups().size(); i++) {
      GroupReading group = reading.groups().get(i);
      Good good = find(before, group.name(), i, names);
      if (group.problems().isEmpty()) {
        goods.add(group(file, group, good, update));
        continue;
      }
      String name = good == null ? group.name() : good.group.name();
      RuleId id = RuleId.ofGroup(file, name.isEmpty() ? "#" + (i + 1) : name);
      RuleLocation running = good == null ? null : new RuleLocation(file, group.line());
      update.quarantine(id, group.problems(), running);
      if (good != null && goods.stream().noneMatch(it -> it.group.name().equals(name))) {
        goods.add(good);
      }
    }
    return goods;
  }

  /// The last good version of a group: by its name; one without, by its place, unless the group
  /// there has only moved.
  private static @Nullable Good find(List<Good> before, String name, int index, Set<String> names) {
    for (Good good : before) {
      if (good.group.name().equals(name)) {
        return good;
      }
    }
    boolean nameless = name.isEmpty() && index < before.size();
    return nameless && !names.contains(before.get(index).group.name()) ? before.get(index) : null;
  }

  private Good group(String file, GroupReading reading, @Nullable Good before, Update update) {
    List<RuleId> ids = identify(file, reading, before);
    List<Rule> rules = new ArrayList<>();
    List<RuleId> running = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      RuleReading read = reading.rules().get(i);
      RuleId id = ids.get(i);
      Rule rule = read.rule();
      if (rule == null) {
        int index = before == null ? -1 : before.ids.indexOf(id);
        rule = before == null || index < 0 ? null : before.group.rules().get(index);
        update.quarantine(id, read.problems(), rule == null ? null : rule.location());
      }
      if (rule != null) {
        rules.add(rule);
        running.add(id);
      }
    }
    RuleGroup group =
        new RuleGroup(
            reading.name(),
            file,
            reading.interval(),
            reading.limit(),
            reading.queryOffset(),
            reading.labels(),
            rules);
    return new Good(group, running);
  }

  /// What identifies each rule: its name and which of that name it is. A broken rule without a name
  /// is the one that stood in its place, unless that has only moved.
  private static List<RuleId> identify(String file, GroupReading reading, @Nullable Good before) {
    Map<String, Integer> counts = new HashMap<>();
    List<RuleId> ids = new ArrayList<>();
    for (RuleReading rule : reading.rules()) {
      String name = rule.name();
      int occurrence = name.isEmpty() ? 0 : counts.merge(name, 1, Integer::sum) - 1;
      ids.add(new RuleId(file, reading.name(), name, occurrence));
    }
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i).name().isEmpty()) {
        boolean stood = before != null && i < before.ids.size() && !ids.contains(before.ids.get(i));
        ids.set(
            i,
            stood && before != null
                ? before.ids.get(i)
                : new RuleId(file, reading.name(), "#" + (i + 1), 0));
      }
    }
    return ids;
  }
}
