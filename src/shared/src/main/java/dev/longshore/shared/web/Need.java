package dev.longshore.shared.web;

/// What a route asks of those who use it.
///
/// @param surface the part that it belongs to
/// @param change the role for every method but GET, for which it is [Role#READ]
/// @param body whether it takes a body, which is JSON
public record Need(Surface surface, Role change, boolean body) {

  /// A route that is only read.
  public static Need read(Surface surface) {
    return new Need(surface, Role.ADMIN, false);
  }

  Role role(WebRequest request) {
    return request.isChange() ? change : Role.READ;
  }
}
