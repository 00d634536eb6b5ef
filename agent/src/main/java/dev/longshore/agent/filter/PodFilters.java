package dev.longshore.agent.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.re2j.Pattern;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules that may match records of one container: made once for each snapshot, so that rules
/// for others cost nothing. Owned by the thread that encodes.
public final class PodFilters {
  /// No rule leaves the record out.
  public static final int SHIPPED = -1;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OWNERS =
      List.of("deployment", "statefulset", "daemonset", "cronjob", "job", "replicaset");

  private static final long ANY_LEVEL = -1;

  private final Applied[] rules;
  private final boolean levelled;

  private record Applied(
      int index,
      String stream,
      long levels,
      byte[] contains,
      @Nullable Pattern regex,
      int keepOneIn) {}

  /// @param namespace of the pod
  /// @param container its name
  /// @param fieldsJson what its documents share: JSON members without braces
  public PodFilters(Filters filters, String namespace, String container, byte[] fieldsJson) {
    List<Applied> applied = new ArrayList<>();
    JsonNode kubernetes =
        filters.rules().isEmpty() ? JSON.createObjectNode() : kubernetes(fieldsJson);
    for (int i = 0; i < filters.rules().size(); i++) {
      FilterRule rule = filters.rules().get(i);
      if (matchesAny(rule.namespaces(), namespace)
          && matchesAny(rule.containers(), container)
          && isOwned(rule, kubernetes)
          && isLabelled(rule, kubernetes)) {
        applied.add(applied(i, rule));
      }
    }
    this.rules = applied.toArray(Applied[]::new);
    this.levelled = applied.stream().anyMatch(it -> it.levels != ANY_LEVEL);
  }

  private static JsonNode kubernetes(byte[] fieldsJson) {
    try {
      return JSON.readTree("{" + new String(fieldsJson, StandardCharsets.UTF_8) + "}")
          .path("kubernetes");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the fields of a snapshot are not JSON", e);
    }
  }

  private static Applied applied(int index, FilterRule rule) {
    long levels = 0;
    for (String name : rule.levels()) {
      Level level = FilterRule.levelOf(name);
      levels |= level == null ? 0 : bit(level);
    }
    return new Applied(
        index,
        rule.stream(),
        levels == 0 ? ANY_LEVEL : levels,
        rule.contains().getBytes(StandardCharsets.UTF_8),
        rule.regex().isEmpty() ? null : Pattern.compile(rule.regex()),
        rule.keepOneIn());
  }

  @SuppressWarnings("EnumOrdinal") // within one run
  private static long bit(Level level) {
    return 1L << level.ordinal();
  }

  private static boolean isOwned(FilterRule rule, JsonNode kubernetes) {
    if (rule.workloads().isEmpty()) {
      return true;
    }
    for (String owner : OWNERS) {
      JsonNode name = kubernetes.path(owner).path("name");
      if (name.isTextual() && matchesAny(rule.workloads(), name.asText())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLabelled(FilterRule rule, JsonNode kubernetes) {
    JsonNode labels = kubernetes.path("labels");
    return rule.labels().entrySet().stream()
        .allMatch(
            wanted -> {
              JsonNode value = labels.path(wanted.getKey());
              return value.isTextual() && matchesAny(List.of(wanted.getValue()), value.asText());
            });
  }

  private static boolean matchesAny(List<String> patterns, String name) {
    if (patterns.isEmpty()) {
      return true;
    }
    for (String pattern : patterns) {
      String[] parts = pattern.split("\\*", -1);
      StringBuilder regex = new StringBuilder();
      for (int i = 0; i < parts.length; i++) {
        regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
      }
      if (Pattern.matches(regex.toString(), name)) {
        return true;
      }
    }
    return false;
  }

  /// Whether no rule can match, so that nothing of the records need be known.
  public boolean isEmpty() {
    return rules.length == 0;
  }

  /// Whether a rule asks for the level, which takes a look into the message.
  public boolean asksForLevel() {
    return levelled;
  }

  /// Which rule leaves a record out, or [#SHIPPED].
  ///
  /// @param stderr whether it is of stderr
  /// @param level what the record's document states; any where no rule [#asksForLevel]
  /// @param hash of the document's id, see [#hash]
  public int filteredBy(boolean stderr, Level level, byte[] bytes, int from, int to, long hash) {
    for (Applied rule : rules) {
      if (matches(rule, stderr, level, bytes, from, to)) {
        return rule.keepOneIn == FilterRule.DROP
                || Long.remainderUnsigned(hash, rule.keepOneIn) != 0
            ? rule.index
            : SHIPPED;
      }
    }
    return SHIPPED;
  }

  private static boolean matches(
      Applied rule, boolean stderr, Level level, byte[] bytes, int from, int to) {
    if ((rule.levels & bit(level)) == 0
        || !(rule.stream.isEmpty() || rule.stream.equals(stderr ? "stderr" : "stdout"))
        || (rule.contains.length > 0 && Bytes.indexOf(bytes, from, to, rule.contains) < 0)) {
      return false;
    }
    return rule.regex == null || rule.regex.matcher(Arrays.copyOfRange(bytes, from, to)).find();
  }

  /// A number of a record that depends on its id alone, evenly spread.
  public static long hash(long generation, long start, long span) {
    long mixed = generation ^ (start * 0x9e3779b97f4a7c15L) ^ (span * 0xc2b2ae3d27d4eb4fL);
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
