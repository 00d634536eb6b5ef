package dev.longshore.agent.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Elasticsearch's rules for the name of a data stream, and Elastic's scheme for those with logs:
/// `type-dataset-namespace`.
public final class DataStreamName {

  /// What a name is, in words.
  static final String ACCEPTED =
      "logs-dataset-namespace in lower case, at most 255 bytes, without spaces and \\ / * ? \" < > |"
          + " , # :";

  private static final int MAX_BYTES = 255;
  private static final String REFUSED = "\\/*?\"<>|,#: ";

  private DataStreamName() {}

  /// Whether [#check] takes it.
  public static boolean isValid(String name) {
    try {
      check(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// The name itself.
  ///
  /// @throws IllegalArgumentException when Elasticsearch or the scheme refuses it
  static String check(String name) {
    String[] parts = name.split("-", 3);
    boolean scheme =
        parts.length == 3 && parts[0].equals("logs") && !parts[1].isEmpty() && !parts[2].isEmpty();
    boolean clean =
        name.chars().noneMatch(c -> c < ' ' || c == 0x7f || REFUSED.indexOf(c) >= 0)
            && name.equals(name.toLowerCase(Locale.ROOT))
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    if (!scheme || !clean) {
      throw new IllegalArgumentException("not a data stream's name: '" + name + "'");
    }
    return name;
  }
}
