package dev.longshore.gotemplate;

import java.time.Instant;
import java.util.List;

/// What the functions of a rule's template know of its evaluation.
///
/// @param query answers `query`; it may block
/// @param now the time of the evaluation
/// @param externalUrl where people reach us, for `externalURL`, `pathPrefix`; may be empty
public record RuleContext(Query query, Instant now, String externalUrl) {

  /// Asks for the present value of an expression.
  @FunctionalInterface
  public interface Query {
    /// The samples, in the order of the answer.
    ///
    /// @throws TemplateException when there is no answer
    List<QuerySample> of(String expression) throws TemplateException;
  }

  /// For templates that are parsed, or run with nothing known: queries have no result.
  public static RuleContext empty() {
    return new RuleContext(expression -> List.of(), Instant.EPOCH, "");
  }
}
