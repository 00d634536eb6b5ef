package dev.longshore.agent.bulk;

/// Why Elasticsearch did not take a document.
///
/// @param status HTTP status of the item or of the request
/// @param type Elasticsearch's error type, or empty
/// @param reason its words, cut at [#MAX_REASON] characters, since they may quote the document
public record Refusal(int status, String type, String reason) {
  static final int MAX_REASON = 2048;

  public Refusal {
    reason = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
  }

  /// Status, type and reason in one line, for people.
  public String text() {
    return status + " " + (type.isEmpty() ? "" : type + ": ") + reason;
  }
}
