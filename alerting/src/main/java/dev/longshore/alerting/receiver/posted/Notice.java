package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A notification while it is worded: runs the entry's templates. A template that fails makes no
/// text, and its error is told with [#body].
public final class Notice {
  private final GroupNotification notification;
  private final Reason reason;
  private final List<Alert> alerts;
  private final NotificationData data;
  private final Map<String, Template> templates;
  private final Guard guard;
  private final String externalUrl;
  private final List<String> problems = new ArrayList<>();

  Notice(
      GroupNotification notification,
      Reason reason,
      boolean sendResolved,
      Map<String, Template> templates,
      Guard guard,
      String externalUrl) {
    this.notification = notification;
    this.reason = reason;
    this.alerts = new ArrayList<>(notification.firing());
    if (sendResolved || alerts.isEmpty()) {
      alerts.addAll(notification.resolved());
    }
    this.data =
        NotificationData.of(notification, sendResolved, reason, externalUrl, guard::guarded);
    this.templates = templates;
    this.guard = guard;
    this.externalUrl = externalUrl;
  }

  /// What the template of a key says, as the service reads it; empty where there is none.
  public String text(String key) {
    return guard.released(run(key));
  }

  /// The same where the service reads plain text.
  public String plain(String key) {
    return guard.plain(run(key));
  }

  /// A tree with what its templates say, in plain text.
  public JsonNode filled(TemplateTree tree) {
    return tree.filled(this::plain);
  }

  /// The text of the message itself: what its template says, and which templates failed so far.
  public String body(String key) {
    String text = text(key);
    if (problems.isEmpty()) {
      return text;
    }
    String failed = guard.released(guard.guarded(problems()));
    return text.isBlank() ? failed : text + "\n" + failed;
  }

  /// Which templates failed so far, for people; empty for none.
  public String problems() {
    return String.join("\n", problems);
  }

  private String run(String key) {
    Template template = templates.get(key);
    if (template == null) {
      return "";
    }
    try {
      return template.execute(data);
    } catch (TemplateException e) {
      problems.add("The template of " + key + " fails: " + e.getMessage());
      return "";
    }
  }

  /// Whether an entry has a key at all.
  public boolean has(String key) {
    return templates.containsKey(key);
  }

  /// The keys that begin with a word, such as `details.`, without it; in the order of the file.
  public List<String> under(String prefix) {
    return templates.keySet().stream()
        .filter(it -> it.startsWith(prefix))
        .map(it -> it.substring(prefix.length()))
        .toList();
  }

  /// How many entries a list of sections has, such as `fields`.
  public int count(String list) {
    Set<String> seen = new TreeSet<>();
    for (String key : under(list + "[")) {
      seen.add(key.substring(0, key.indexOf(']')));
    }
    return seen.size();
  }

  /// Whether one of the alerts that are told fires.
  public boolean isFiring() {
    return alerts.stream().anyMatch(it -> !it.isResolvedAt(notification.now()));
  }

  /// The alerts that are told, those that fire first.
  public List<Alert> alerts() {
    return alerts;
  }

  /// Why it is told.
  public Reason reason() {
    return reason;
  }

  public GroupNotification notification() {
    return notification;
  }

  /// Where people reach our API; empty when they can't.
  public String externalUrl() {
    return externalUrl;
  }

  /// Identifies the group to the service over restarts, as Alertmanager does: SHA-256 of its key.
  public String groupHash() {
    try {
      byte[] key = notification.group().id().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java runtime has SHA-256", e);
    }
  }

  /// At most so many characters of a text, `…` where something was cut.
  public static String cut(String text, int limit) {
    if (text.codePointCount(0, text.length()) <= limit) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
  }

  /// At most so many units of UTF-16, as services count that are written for browsers; `…` where
  /// something was cut, and no half of a character.
  public static String cutUnits(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = limit - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /// At most so many bytes of UTF-8, `…` where something was cut.
  public static String cutBytes(String text, int limit) {
    if (text.getBytes(StandardCharsets.UTF_8).length <= limit) {
      return text;
    }
    int bytes = "…".getBytes(StandardCharsets.UTF_8).length;
    int end = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (bytes > limit) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end) + "…";
  }
}
