package dev.longshore.agent.bulk;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why Elasticsearch did not take a document.
///
/// @param status HTTP status of the item or of the request
/// @param type Elasticsearch's error type, or empty
/// @param reason its words, cut at [#MAX_REASON] characters, since they may quote the document
public record Refusal(int status, String type, String reason) {
  static final int MAX_REASON = 2048;

  private static final Pattern FIELD =
      Pattern.compile("field[ =]?[\\[\"']([A-Za-z0-9_.@-]{1,256})[\\]\"']");

  /// Up to the end where a quotation was cut.
  private static final Pattern QUOTED = Pattern.compile("'[^']*('|$)|\"[^\"]*(\"|$)");

  public Refusal {
    reason = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
  }

  /// Status, type and reason in one line, for logs and status pages: of a refused document only the
  /// field's name, and nothing in quotes, since Elasticsearch quotes what the document says.
  public String text() {
    String said;
    if (ItemOutcome.quotesDocument(this)) {
      Matcher field = FIELD.matcher(reason);
      said = field.find() ? "field [" + field.group(1) + "]" : "";
    } else {
      said = QUOTED.matcher(reason).replaceAll("'…'");
    }
    return (status + " " + type + (type.isEmpty() || said.isEmpty() ? "" : ": ") + said).strip();
  }
}
