package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Labels;
import java.util.List;

/// Who is told, by one or more integrations; an entry of `receivers`.
///
/// @param integrations in the order of the file: an integration is known by its kind and its place
///   among its kind, `slack[0]`
/// @param labels by which clients of the API find it, beside its name
public record Receiver(String name, List<Integration> integrations, Labels labels) {
  public Receiver {
    integrations = List.copyOf(integrations);
  }

  /// Without labels.
  public Receiver(String name, List<Integration> integrations) {
    this(name, integrations, Labels.EMPTY);
  }
}
