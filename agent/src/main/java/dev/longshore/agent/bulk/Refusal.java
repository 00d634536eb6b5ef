package dev.longshore.agent.bulk;

import java.util.Set;
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

  /// What Elasticsearch puts into brackets; a value that a processor could not read may hold some.
  private static final Pattern BRACKET = Pattern.compile("(\\w*) ?\\[");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.@*:/-]{1,256}\\]");

  /// Before these words' brackets stand names that people gave.
  private static final Set<String> NAMED =
      Set.of("alias", "field", "id", "index", "mapper", "path", "pipeline", "processor", "type");

  public Refusal {
    reason = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
  }

  /// Status, type and reason in one line, for logs and status pages: of a refused document only the
  /// field's name, and no value in quotes or brackets, since Elasticsearch quotes what the document
  /// says.
  public String text() {
    String said;
    if (type.equals("http") && status != 400) {
      // The beginning of a page, by somebody who has no need to quote a body.
      said = reason;
    } else if (ItemOutcome.quotesDocument(this)) {
      Matcher field = FIELD.matcher(reason);
      said = field.find() ? "field [" + field.group(1) + "]" : "";
    } else {
      String unquoted = QUOTED.matcher(reason).replaceAll("'…'");
      said = ItemOutcome.isOfServer(this) ? unquoted : upToFirstValue(unquoted);
    }
    return (status + " " + type + (type.isEmpty() || said.isEmpty() ? "" : ": ") + said).strip();
  }

  /// A text up to the first bracket that does not hold the name of something: what a processor of
  /// an ingest pipeline says holds what it was given there, with brackets of its own perhaps.
  private static String upToFirstValue(String text) {
    Matcher bracket = BRACKET.matcher(text);
    while (bracket.find()) {
      boolean named =
          NAMED.contains(bracket.group(1))
              && NAME.matcher(text).region(bracket.end(), text.length()).lookingAt();
      if (!named) {
        return text.substring(0, bracket.end()) + "…]";
      }
    }
    return text;
  }
}
