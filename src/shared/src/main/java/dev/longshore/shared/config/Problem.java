package dev.longshore.shared.config;

import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a configuration file.
///
/// @param file as it was named on the command line
/// @param line from 1, or 0 when it is about the whole file
/// @param path of the key, such as `tail.paths[1]`; empty when it is about the whole file
/// @param value as it stands there, shortened, secrets hidden; null where showing it helps nobody
/// @param message what is wrong; what would be accepted; a similar key for a typo
public record Problem(String file, int line, String path, @Nullable String value, String message) {

  /// `file:line: path 'value': message`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file).append(':');
    if (line > 0) {
      text.append(line).append(':');
    }
    text.append(' ');
    if (!path.isEmpty()) {
      text.append(path);
      if (value != null) {
        text.append(" '").append(value).append('\'');
      }
      text.append(": ");
    }
    return text.append(message).toString();
  }
}
