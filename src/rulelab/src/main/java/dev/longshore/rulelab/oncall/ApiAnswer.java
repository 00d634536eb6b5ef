package dev.longshore.rulelab.oncall;

/// What an API answered, as a file has it.
///
/// @param file its name, for people
/// @param text JSON, if it is what it should be
public record ApiAnswer(String file, String text) {}
