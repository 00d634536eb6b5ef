package dev.longshore.alerting.interaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What came of something that a person did.
///
/// @param word `done`, `refused`, `gone`, `failed`
/// @param message for the person
/// @param change for the audit; empty when nothing has changed
record Outcome(String word, ObjectNode message, Map<String, String> change) {

  Outcome {
    change = Collections.unmodifiableMap(new LinkedHashMap<>(change));
  }

  static Outcome done(ObjectNode message) {
    return new Outcome("done", message, Map.of());
  }

  static Outcome refused(String sentence) {
    return new Outcome("refused", Messages.sentence(sentence), Map.of());
  }

  static Outcome gone(String sentence) {
    return new Outcome("gone", Messages.sentence(sentence), Map.of());
  }

  static Outcome failed(String sentence) {
    return new Outcome("failed", Messages.sentence(sentence), Map.of());
  }
}
