package dev.longshore.shared.ops;

import dev.longshore.shared.web.Surface;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A further listener: parts of what is served, at a port of their own and no more at the main one.
///
/// @param serves at least one
/// @param configFile its web file; null for plain HTTP, where everybody may look
public record ListenerConfig(OpsConfig listen, Set<Surface> serves, @Nullable Path configFile) {
  public ListenerConfig {
    serves = Set.copyOf(serves);
  }
}
