package dev.longshore.rulelab.elastalert;

import java.util.List;

/// What became of an ElastAlert rule.
///
/// @param rules a rule file of ours; empty when the rule can't be converted
/// @param notes what was not converted and what to do instead, in no order; the first says why,
///   when nothing was
public record Imported(String rules, List<Note> notes) {
  private static final String GROUPS = "groups:\n";

  public Imported {
    notes = List.copyOf(notes);
  }

  /// What is to be known of a key.
  ///
  /// @param line of the ElastAlert rule, from 1
  /// @param text one sentence, which begins with the key where it is about one
  public record Note(int line, String text) {}

  /// Nothing was converted.
  static Imported refused(int line, String why) {
    return new Imported("", List.of(new Note(line, why)));
  }

  public boolean isConverted() {
    return !rules.isEmpty();
  }

  /// One rule file of all that were converted, whose groups have different names.
  public static String file(List<Imported> all) {
    StringBuilder file = new StringBuilder(GROUPS);
    for (Imported it : all) {
      if (it.isConverted()) {
        file.append(it.rules, GROUPS.length(), it.rules.length());
      }
    }
    return file.toString();
  }
}
