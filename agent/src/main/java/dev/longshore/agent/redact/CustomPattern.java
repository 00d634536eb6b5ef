package dev.longshore.agent.redact;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;

/// A pattern of the operator's own.
///
/// @param name by which configuration, annotations and metrics name it
/// @param regex in RE2's syntax, whose time is linear in the text; where it has a group, the first
///   group is what is left out
/// @param contains a text that stands in each message with a match, so that others are not
///   searched; empty for none
/// @param enabled whether it holds for all pods; else for those that name it
public record CustomPattern(String name, String regex, String contains, boolean enabled) {

  /// Each is a regular expression over every message that it may stand in.
  public static final int MOST = 32;

  private static final int MAX_NAME_CHARACTERS = 40;

  /// @throws IllegalArgumentException with all problems
  public CustomPattern {
    List<String> problems = new ArrayList<>();
    boolean named =
        !name.isEmpty()
            && name.length() <= MAX_NAME_CHARACTERS
            && name.charAt(0) != '-'
            && name.chars()
                .allMatch(
                    c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
    if (!named) {
      problems.add(
          "name is '%s'; write up to 40 of a-z, 0-9, '_' and '-', such as customer_number"
              .formatted(name));
    }
    try {
      if (Pattern.compile(regex).matches("")) {
        problems.add("regex '%s' matches the empty text; write what is left out".formatted(regex));
      }
    } catch (PatternSyntaxException e) {
      problems.add(
          "regex '%s' is none in RE2's syntax: %s (no look-around, no back-references)"
              .formatted(regex, e.getDescription()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }
}
