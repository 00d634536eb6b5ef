package dev.longshore.shared.web;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may do what, as the section `web` of the configuration says.
///
/// @param configFile the web file of the main listener; null for plain HTTP without passwords
/// @param tokens files with bearer tokens
/// @param anonymous what those may do who have not logged in, where a login is configured; null for
///   nothing. Where none is configured everybody may do everything.
/// @param proxy a proxy that logs people in; null for none
/// @param hosts names by which browsers may reach us, besides the known ones
public record WebConfig(
    @Nullable Path configFile,
    List<TokenFile> tokens,
    Roles roles,
    @Nullable Role anonymous,
    @Nullable ProxyLogin proxy,
    List<String> hosts) {

  /// Nothing is asked of anybody.
  public static final WebConfig NONE =
      new WebConfig(null, List.of(), Roles.STANDARD, null, null, List.of());

  public WebConfig {
    tokens = List.copyOf(tokens);
    hosts = List.copyOf(hosts);
  }

  /// A bearer token's file.
  ///
  /// @param name of who has the token
  public record TokenFile(String name, Path file) {}
}
