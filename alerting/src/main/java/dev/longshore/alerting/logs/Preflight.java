package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether a rule can be asked at all: its queries are sound, and the fields that tell its alerts
/// apart are there and can be told apart by. A search over a window without lines would not notice.
/// What was found sound is believed for a while. Safe for use by any thread.
final class Preflight {
  private static final Duration BELIEVED = Duration.ofMinutes(10);
  private static final int MAX_RULES = 10_000;

  private final Searches searches;
  private final Clock clock;

  /// When each rule was found sound.
  private final Map<LogCondition, Long> sound =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LogCondition, Long> eldest) {
          return size() > MAX_RULES;
        }
      };

  Preflight(Searches searches, Clock clock) {
    this.searches = searches;
    this.clock = clock;
  }

  /// @throws SearchException when it is not, with what is wrong
  void check(LogCondition condition) throws SearchException {
    long now = clock.nanoTime();
    synchronized (this) {
      Long at = sound.get(condition);
      if (at != null && now - at < BELIEVED.toNanos()) {
        return;
      }
    }
    query(condition, condition.query());
    if (condition.test() instanceof LogPredicate.Percentage percentage) {
      query(condition, percentage.match());
    }
    fields(condition);
    synchronized (this) {
      sound.remove(condition);
      sound.put(condition, now);
    }
  }

  private void query(LogCondition condition, String query) throws SearchException {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.set("query", KeyedSearch.queryString(query));
    JsonNode answer =
        searches.ask(
            condition.index(), "_validate/query?explain=true&ignore_unavailable=true", body);
    if (!answer.has("valid")) {
      throw SearchException.ofAnotherServer(
          "the answer to _validate/query does not say whether the query is valid");
    }
    if (!answer.path("valid").asBoolean()) {
      String why = answer.path("error").asText();
      for (JsonNode explanation : answer.path("explanations")) {
        why = explanation.path("error").asText(why);
      }
      throw SearchException.refused(
          "the query '" + query + "' is not sound: " + (why.isEmpty() ? "no reason given" : why));
    }
  }

  private void fields(LogCondition condition) throws SearchException {
    List<String> fields = new ArrayList<>(condition.keys());
    if (condition.test() instanceof LogPredicate.Change change) {
      fields.addAll(change.fields());
    }
    if (fields.isEmpty()) {
      return;
    }
    ObjectNode body = Searches.JSON.createObjectNode();
    // A field of an object that is one `flattened` field has no mapping of its own.
    fields.forEach(body.putArray("fields")::add);
    fields.forEach(field -> prefixes(field).forEach(body.withArray("fields")::add));
    JsonNode known =
        searches.ask(condition.index(), "_field_caps?ignore_unavailable=true", body).path("fields");
    for (String field : fields) {
      boolean flattened = prefixes(field).stream().anyMatch(it -> known.path(it).has("flattened"));
      JsonNode types = known.path(field);
      if (types.isMissingNode() && !flattened) {
        throw SearchException.refused(
            "the field '%s' is in no mapping of %s; name one that lines have"
                .formatted(field, condition.index()));
      }
      for (Map.Entry<String, JsonNode> type : types.properties()) {
        if (!type.getValue().path("aggregatable").asBoolean() && !type.getKey().equals("object")) {
          throw SearchException.refused(
              "the field '%s' is of type %s, by whose values lines can't be told apart; name a field of type keyword, such as %s.keyword where there is one"
                  .formatted(field, type.getKey(), field));
        }
      }
    }
  }

  /// The objects that a field is in: `a.b.c` is in `a.b` and `a`.
  private static List<String> prefixes(String field) {
    List<String> prefixes = new ArrayList<>();
    for (int dot = field.lastIndexOf('.'); dot > 0; dot = field.lastIndexOf('.', dot - 1)) {
      prefixes.add(field.substring(0, dot));
    }
    return prefixes;
  }
}
