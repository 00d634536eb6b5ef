package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Where symbolic links may lead: into the folders that are followed, into those of the kubelet and
/// of Docker, which point at each other, and into `tail.allowedLinkTargets`.
///
/// The agent may read every file of the node. Who may write to a log folder could otherwise have
/// any of them shipped, by a link that is named like a log.
///
/// A hard link can't be told from the file itself; Linux refuses to make one of somebody else's
/// file (`fs.protected_hardlinks`). Owned by the reading thread.
final class LinkPolicy {
  private static final Path DOCKER = Path.of("/var/lib/docker/containers");

  private final Set<Path> configured = new LinkedHashSet<>();

  /// Where each of them is without links.
  private final Map<Path, Path> allowed = new LinkedHashMap<>();

  LinkPolicy(PathGlobs globs, TailConfig config) {
    configured.addAll(globs.roots());
    configured.add(LogPath.PODS);
    configured.add(LogPath.CONTAINERS);
    configured.add(DOCKER);
    configured.addAll(config.allowedLinkTargets());
  }

  /// Asks anew where the folders are: they may be links themselves, made by the operator.
  void refresh() {
    for (Path folder : configured) {
      try {
        allowed.put(folder, folder.toRealPath());
      } catch (NoSuchFileException e) {
        // Nothing leads into it.
        allowed.remove(folder);
      } catch (IOException e) {
        // It is where it was, as far as anybody knows.
      }
    }
  }

  /// Whether a file or folder may be read that a link leads to.
  ///
  /// @param target without links
  boolean allows(Path target) {
    for (Path folder : allowed.values()) {
      if (target.startsWith(folder)) {
        return true;
      }
    }
    return false;
  }

  /// Why it may not.
  String refusal(Path target) {
    return "leads by a symbolic link to "
        + target
        + ", outside of the followed folders; if it may be read, add its folder to"
        + " tail.allowedLinkTargets";
  }
}
