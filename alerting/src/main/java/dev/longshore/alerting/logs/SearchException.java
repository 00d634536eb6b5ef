package dev.longshore.alerting.logs;

/// A search without an answer.
public final class SearchException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean refused;

  private SearchException(boolean refused, String message) {
    super(message);
    this.refused = refused;
  }

  /// The rule is at fault.
  public static SearchException refused(String cause) {
    return new SearchException(true, cause);
  }

  /// The source is at fault.
  public static SearchException unavailable(String cause) {
    return new SearchException(false, cause);
  }

  /// The source is at fault: another server stands where Elasticsearch is expected.
  static SearchException ofAnotherServer(String answer) {
    return unavailable(
        answer
            + "; elasticsearch.urls may name another server than Elasticsearch, or one that stands"
            + " before it");
  }

  LogAnswer answer() {
    String cause = String.valueOf(getMessage());
    return refused ? new LogAnswer.Refused(cause) : new LogAnswer.Unavailable(cause);
  }
}
