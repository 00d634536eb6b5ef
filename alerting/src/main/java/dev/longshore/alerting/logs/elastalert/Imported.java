package dev.longshore.alerting.logs.elastalert;

import java.util.List;

/// What became of an ElastAlert rule.
///
/// @param rules a rule file of ours; empty when the rule can't be converted
/// @param notes what was not converted and what to do instead, one sentence each; the first says
///   why, when nothing was
public record Imported(String rules, List<String> notes) {
  public Imported {
    notes = List.copyOf(notes);
  }

  public boolean isConverted() {
    return !rules.isEmpty();
  }
}
