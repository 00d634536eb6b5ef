package dev.longshore.alerting.notify;

import java.util.List;

/// Who is told, by one or more integrations; an entry of `receivers`.
///
/// @param integrations in the order of the file: an integration is known by its kind and its place
///   among its kind, `slack[0]`
public record Receiver(String name, List<Integration> integrations) {
  public Receiver {
    integrations = List.copyOf(integrations);
  }
}
