package dev.longshore.shared.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/// What is wrong where the parser stopped, in the words of somebody who writes YAML and not of one
/// who parses it.
///
/// The parser's excerpt of the file is never in it, since it may hold a secret.
///
/// @param line from 1; 0 where it is unknown
record YamlMistake(int line, String message) {
  private static final Pattern BEGIN = Pattern.compile("found character '(.)'.*");

  static YamlMistake of(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    String context = String.valueOf(e.getContext());
    return switch (context) {
      case "while scanning a simple key" ->
          behind(e, "neither 'key: value' nor '- value'; a blank belongs behind ':' and '-'");
      case "while scanning a quoted scalar", "while scanning a double-quoted scalar" ->
          problem.startsWith("found unexpected")
              ? behind(e, "a quote that opens here is not closed")
              : at(e, escape(problem));
      case "while parsing a flow sequence" ->
          behind(e, "a [ that opens here is not closed, or a comma is missing");
      case "while parsing a flow mapping" ->
          problem.endsWith("but got {")
              ? at(
                  e,
                  "{ can't stand in a plain text within { }; put it in quotes, as in \"${NAME}\"")
              : behind(e, "a { that opens here is not closed, or a comma is missing");
      case "while scanning an alias" -> at(e, begin('*'));
      case "while scanning an anchor" -> at(e, begin('&'));
      case "while scanning a block scalar" ->
          at(e, "| and > stand at the end of a line, with their text below; put others in quotes");
      default -> at(e, of(problem, context));
    };
  }

  private static String of(String problem, String context) {
    if (problem.startsWith("found undefined alias")) {
      return "text that begins with * names an anchor, and there is none; put it in quotes";
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return "mapping values are not allowed here: a line is indented too far, or a text with ': '"
          + " in it is not in quotes";
    }
    if (problem.startsWith("found character '\\t")) {
      return "a tab; indent with blanks";
    }
    if (BEGIN.matcher(problem).matches()) {
      return begin(problem.charAt("found character '".length()));
    }
    if (problem.startsWith("expected <block end>")) {
      return blockEnd(problem);
    }
    return context.equals("null") || context.isEmpty() ? problem : context + ", " + problem;
  }

  private static String blockEnd(String problem) {
    String found = problem.substring(problem.indexOf('\'') + 1).replace("'", "");
    return switch (found) {
      case "<scalar>" -> "text follows a quote that closes; write '' for a ' within quotes";
      case "}", "]", "," -> found + " closes or divides nothing that was opened";
      default ->
          "the line is indented as none above it; keys of one section, and the dashes of one list,"
              + " stand below each other";
    };
  }

  private static String begin(char first) {
    return first == '@' || first == '`'
        ? "text that begins with @ or ` is no plain text; put it in quotes"
        : "text can't begin with " + first + "; put it in quotes";
  }

  private static String escape(String problem) {
    return problem.startsWith("found unknown escape character")
        ? problem.replaceFirst("\\(.*", "").strip()
            + " behind \\; write \\\\ for a backslash, or put the text in single quotes"
        : problem;
  }

  private static YamlMistake at(MarkedYamlEngineException e, String message) {
    return new YamlMistake(line(e.getProblemMark().or(e::getContextMark)), message);
  }

  /// Where the thing began of which the parser missed the end.
  private static YamlMistake behind(MarkedYamlEngineException e, String message) {
    return new YamlMistake(line(e.getContextMark().or(e::getProblemMark)), message);
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(it -> it.getLine() + 1).orElse(0);
  }
}
