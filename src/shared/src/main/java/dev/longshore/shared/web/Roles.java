package dev.longshore.shared.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose role is which, by the names of logins; `*` is everybody who has logged in.
///
/// @param read names that may look
/// @param silence names that may silence as well
/// @param admin names that may do everything
public record Roles(List<String> read, List<String> silence, List<String> admin) {
  private static final String EVERYBODY = "*";

  /// Whoever has logged in may do everything, as at Prometheus and Alertmanager.
  public static final Roles STANDARD = new Roles(List.of(), List.of(), List.of(EVERYBODY));

  public Roles {
    read = List.copyOf(read);
    silence = List.copyOf(silence);
    admin = List.copyOf(admin);
  }

  /// The highest role of a name; null when it has none.
  @Nullable Role of(String name) {
    if (has(admin, name)) {
      return Role.ADMIN;
    }
    if (has(silence, name)) {
      return Role.SILENCE;
    }
    return has(read, name) ? Role.READ : null;
  }

  private static boolean has(List<String> names, String name) {
    return names.contains(name) || names.contains(EVERYBODY);
  }
}
