package dev.longshore.shared.elastic;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far one agent's logs are searchable: all that its node's containers logged before
/// `watermark` is, but for the containers that are behind.
///
/// @param cluster name of the cluster
/// @param node name of the node
/// @param published when the agent said so, by its clock
/// @param watermark null before the first complete scan
/// @param last whether the agent has stopped and says no more; `final` in the document
/// @param behind containers that are so late that they no longer hold the watermark
public record Watermark(
    String cluster,
    String node,
    Instant published,
    @Nullable Instant watermark,
    boolean last,
    List<Behind> behind) {

  public Watermark {
    behind = List.copyOf(behind);
  }

  /// A container that is late.
  ///
  /// @param container `namespace/pod/container`
  /// @param since the runtime's timestamp of its first line that is not yet searchable
  public record Behind(String container, Instant since) {}
}
