package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What notification templates see: Alertmanager's `template.Data`.
///
/// Values of labels and annotations go through a guard, so that a messenger can tell what came from
/// outside from what the configuration's author wrote.
public final class NotificationData implements TemplateObject {
  /// Where the name in JSON is not the field's with a small letter.
  private static final Map<String, String> NAMES_IN_JSON =
      Map.of("NotificationReason", "notification_reason");

  /// Go's zero time, which stands for none.
  private static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");

  private final Map<String, Object> members = new LinkedHashMap<>();

  /// @param sendResolved whether alerts that have ended are seen beside those that fire
  /// @param reason why it is told
  /// @param guard applied to all that comes from outside
  public static NotificationData of(
      GroupNotification groupNotification,
      boolean sendResolved,
      Reason reason,
      String externalUrl,
      UnaryOperator<String> guard) {
    List<Alert> shown = new ArrayList<>(groupNotification.firing());
    if (sendResolved || shown.isEmpty()) {
      shown.addAll(groupNotification.resolved());
    }
    if (shown.isEmpty()) {
      groupNotification.quiet().forEach(member -> shown.add(member.alert()));
      shown.addAll(groupNotification.quietResolved());
    }
    return new NotificationData(groupNotification, shown, reason, externalUrl, guard);
  }

  /// What templates may be tried with: an alert that fires and one that has ended.
  public static NotificationData sample(Instant now) {
    Labels labels = Labels.of("alertname", "Sample", "severity", "warning");
    Labels annotations = Labels.of("summary", "a sample");
    Instant start = now.minus(Duration.ofHours(1));
    List<AlertGroup.Member> members = new ArrayList<>();
    for (Instant end : List.of(now.plus(Duration.ofHours(1)), now.minus(Duration.ofMinutes(1)))) {
      Alert alert =
          new Alert(labels, annotations, start, end, start, "", Alert.Origin.POSTED, Evidence.NONE);
      members.add(new AlertGroup.Member(alert, Suppression.NONE));
    }
    AlertGroup group =
        new AlertGroup("sample", "{}:{}", "sample", labels, members, Duration.ofHours(4));
    return of(
        GroupNotification.of(group, now, true, _ -> null),
        true,
        Reason.FIRST,
        "http://localhost:9093",
        UnaryOperator.identity());
  }

  private NotificationData(
      GroupNotification groupNotification,
      List<Alert> shown,
      Reason reason,
      String externalUrl,
      UnaryOperator<String> guard) {
    Instant now = groupNotification.now();
    boolean fires = shown.stream().anyMatch(alert -> !alert.isResolvedAt(now));
    List<Item> items = new ArrayList<>();
    shown.forEach(alert -> items.add(new Item(alert, now, guard)));
    members.put("Receiver", quoteMeta(groupNotification.group().receiver()));
    members.put("Status", fires ? "firing" : "resolved");
    members.put("Alerts", new Items(items));
    members.put("NotificationReason", reason.inTemplates());
    members.put("GroupLabels", new Pairs(groupNotification.group().labels(), guard));
    members.put("CommonLabels", new Pairs(common(shown, true), guard));
    members.put("CommonAnnotations", new Pairs(common(shown, false), guard));
    members.put("ExternalURL", externalUrl);
  }

  /// The labels or annotations that all alerts have.
  public static Labels common(List<Alert> alerts, boolean labels) {
    Labels common = null;
    for (Alert alert : alerts) {
      Labels its = labels ? alert.labels() : alert.annotations();
      common = common == null ? its : common.common(its);
    }
    return common == null ? Labels.EMPTY : common;
  }

  /// Go's `regexp.QuoteMeta`, which Alertmanager applies to the receiver.
  public static String quoteMeta(String text) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\.+*?()|[]{}^$".indexOf(c) >= 0) {
        quoted.append('\\');
      }
      quoted.append(c);
    }
    return quoted.toString();
  }

  @Override
  public String typeName() {
    return "template.Data";
  }

  @Override
  public @Nullable Object member(String name, List<@Nullable Object> arguments) {
    return members.getOrDefault(name, NO_SUCH_MEMBER);
  }

  @Override
  public Object json() {
    return renamed(members);
  }

  /// Fields by the names that they have in JSON: `groupLabels`.
  private static Map<String, Object> renamed(Map<String, Object> fields) {
    Map<String, Object> renamed = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> renamed.put(NAMES_IN_JSON.getOrDefault(name, lower(name)), value));
    return renamed;
  }

  private static String lower(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  /// `template.Alert`.
  private static final class Item implements TemplateObject {
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final boolean firing;

    Item(Alert alert, Instant now, UnaryOperator<String> guard) {
      firing = !alert.isResolvedAt(now);
      members.put("Status", firing ? "firing" : "resolved");
      members.put("Labels", new Pairs(alert.labels(), guard));
      members.put("Annotations", new Pairs(alert.annotations(), guard));
      members.put("StartsAt", alert.startsAt());
      Instant endsAt = alert.endsAt();
      members.put("EndsAt", firing || endsAt == null ? ZERO_TIME : endsAt);
      members.put("GeneratorURL", guard.apply(alert.generatorUrl()));
      members.put("Fingerprint", alert.fingerprint().toString());
    }

    @Override
    public String typeName() {
      return "template.Alert";
    }

    @Override
    public @Nullable Object member(String name, List<@Nullable Object> arguments) {
      return members.getOrDefault(name, NO_SUCH_MEMBER);
    }

    @Override
    public Object json() {
      return renamed(members);
    }
  }

  /// `template.Alerts`.
  private record Items(List<Item> items) implements TemplateObject {
    @Override
    public String typeName() {
      return "template.Alerts";
    }

    @Override
    public Object underlying() {
      return items;
    }

    @Override
    public @Nullable Object member(String name, List<@Nullable Object> arguments) {
      return switch (name) {
        case "Firing" -> new Items(items.stream().filter(it -> it.firing).toList());
        case "Resolved" -> new Items(items.stream().filter(it -> !it.firing).toList());
        default -> NO_SUCH_MEMBER;
      };
    }
  }

  /// `template.KV`: names with values.
  private static final class Pairs implements TemplateObject {
    private final Map<String, String> values = new TreeMap<>();

    Pairs(Labels labels, UnaryOperator<String> guard) {
      labels.asMap().forEach((name, value) -> values.put(name, guard.apply(value)));
    }

    private Pairs(Map<String, String> values) {
      this.values.putAll(values);
    }

    @Override
    public String typeName() {
      return "template.KV";
    }

    @Override
    public Object underlying() {
      return values;
    }

    @Override
    public @Nullable Object member(String name, List<@Nullable Object> arguments)
        throws TemplateException {
      return switch (name) {
        case "SortedPairs" -> new SortedPairs(sorted());
        case "Names" -> sorted().stream().map(Pair::name).toList();
        case "Values" -> sorted().stream().map(Pair::value).toList();
        case "Remove" -> remove(arguments);
        default -> NO_SUCH_MEMBER;
      };
    }

    private Pairs remove(List<@Nullable Object> arguments) throws TemplateException {
      if (arguments.size() != 1 || !(arguments.getFirst() instanceof List<?> names)) {
        throw new TemplateException("Remove wants one list of names");
      }
      Map<String, String> left = new TreeMap<>(values);
      Set<Object> removed = new LinkedHashSet<>(names);
      left.keySet().removeIf(removed::contains);
      return new Pairs(left);
    }

    /// `alertname` first.
    private List<Pair> sorted() {
      List<Pair> pairs = new ArrayList<>();
      values.forEach(
          (name, value) -> {
            Pair pair = new Pair(name, value);
            if (name.equals(Labels.ALERT_NAME)) {
              pairs.addFirst(pair);
            } else {
              pairs.add(pair);
            }
          });
      return pairs;
    }

    @Override
    public String text() {
      return new SortedPairs(sorted()).text();
    }
  }

  /// `template.Pairs`.
  private record SortedPairs(List<Pair> pairs) implements TemplateObject {
    @Override
    public String typeName() {
      return "template.Pairs";
    }

    @Override
    public Object underlying() {
      return pairs;
    }

    @Override
    public @Nullable Object member(String name, List<@Nullable Object> arguments) {
      return switch (name) {
        case "Names" -> pairs.stream().map(Pair::name).toList();
        case "Values" -> pairs.stream().map(Pair::value).toList();
        default -> NO_SUCH_MEMBER;
      };
    }

    @Override
    public String text() {
      return String.join(", ", pairs.stream().map(it -> it.name() + "=" + it.value()).toList());
    }
  }

  /// `template.Pair`.
  private record Pair(String name, String value) implements TemplateObject {
    @Override
    public String typeName() {
      return "template.Pair";
    }

    @Override
    public Object json() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("Name", name);
      fields.put("Value", value);
      return fields;
    }

    @Override
    public @Nullable Object member(String name, List<@Nullable Object> arguments) {
      return switch (name) {
        case "Name" -> this.name;
        case "Value" -> value;
        default -> NO_SUCH_MEMBER;
      };
    }
  }
}
