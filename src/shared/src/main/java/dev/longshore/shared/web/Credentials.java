package dev.longshore.shared.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What the header `Authorization` holds.
sealed interface Credentials {

  /// Name and password.
  record Basic(String user, String password) implements Credentials {
    /// Never the password.
    @Override
    public String toString() {
      return "Basic[user=" + user + "]";
    }
  }

  /// A token.
  record Bearer(String token) implements Credentials {
    /// Never the token.
    @Override
    public String toString() {
      return "Bearer";
    }
  }

  /// Neither, or damaged.
  record Unreadable() implements Credentials {}

  /// Reads the header's value; null when there is none.
  static @Nullable Credentials of(@Nullable String header) {
    if (header == null) {
      return null;
    }
    String[] parts = header.strip().split(" +", 2);
    if (parts.length == 2 && parts[0].equalsIgnoreCase("Bearer")) {
      return new Bearer(parts[1].strip());
    }
    if (parts.length == 2 && parts[0].equalsIgnoreCase("Basic")) {
      try {
        String pair =
            new String(Base64.getDecoder().decode(parts[1].strip()), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon >= 0) {
          return new Basic(pair.substring(0, colon), pair.substring(colon + 1));
        }
      } catch (IllegalArgumentException e) {
        return new Unreadable();
      }
    }
    return new Unreadable();
  }
}
