package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Searches whose answers are whole. Safe for use by any thread.
public interface Searches {
  /// The field that says when a line was logged.
  String TIME = "@timestamp";

  ObjectMapper JSON = new ObjectMapper();

  /// Searches an index, a data stream or a pattern.
  ///
  /// @throws SearchException when there is no answer to all of the question
  JsonNode search(String index, ObjectNode body) throws SearchException;

  /// Asks something else about an index.
  ///
  /// @param what the call behind the index's name, with its query
  JsonNode ask(String index, String what, ObjectNode body) throws SearchException;
}
