package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A combination of values of fields.
///
/// @param values in the order of the fields; null where a line has none
record Key(List<@Nullable String> values) {
  static final Key NONE = new Key(List.of());

  Key {
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  /// The first so many values.
  Key head(int length) {
    return new Key(values.subList(0, length));
  }

  Key tail(int from) {
    return new Key(values.subList(from, values.size()));
  }

  boolean isEmpty() {
    return values.stream().allMatch(it -> it == null);
  }

  Labels labels(List<String> fields) {
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (value != null) {
        labels.put(LogCondition.label(fields.get(i)), value);
      }
    }
    return Labels.of(labels);
  }

  /// For people: `a`, `a, b`, `(none)`.
  String text() {
    List<String> words = new ArrayList<>();
    for (String value : values) {
      words.add(value == null ? "(none)" : value);
    }
    return String.join(", ", words);
  }

  /// A query for lines that have one of these keys.
  static ObjectNode anyOf(List<String> fields, Iterable<Key> keys) {
    ObjectNode query = Searches.JSON.createObjectNode();
    ArrayNode should = query.putObject("bool").putArray("should");
    if (fields.size() == 1) {
      ArrayNode terms = Searches.JSON.createArrayNode();
      for (Key key : keys) {
        if (key.values.getFirst() != null) {
          terms.add(key.values.getFirst());
        } else {
          should.add(key.query(fields));
        }
      }
      should.addObject().putObject("terms").set(fields.getFirst(), terms);
    } else {
      keys.forEach(key -> should.add(key.query(fields)));
    }
    return query;
  }

  /// A query for lines that have this key.
  ObjectNode query(List<String> fields) {
    ObjectNode query = Searches.JSON.createObjectNode();
    ArrayNode filter = query.putObject("bool").putArray("filter");
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (value != null) {
        filter.addObject().putObject("term").put(fields.get(i), value);
      } else {
        filter
            .addObject()
            .putObject("bool")
            .putObject("must_not")
            .putObject("exists")
            .put("field", fields.get(i));
      }
    }
    return query;
  }
}
