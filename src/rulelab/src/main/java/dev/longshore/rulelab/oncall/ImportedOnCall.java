package dev.longshore.rulelab.oncall;

import java.util.List;

/// What became of another product's export.
///
/// @param file an on-call file; empty when there was nothing in it
/// @param receivers the names of receivers that it needs in the Alertmanager file
/// @param notes what has no counterpart, and what is left to do, a sentence each
/// @param left how many of the notes name something that was not carried over
public record ImportedOnCall(String file, List<String> receivers, List<String> notes, int left) {
  public ImportedOnCall {
    receivers = List.copyOf(receivers);
    notes = List.copyOf(notes);
  }
}
