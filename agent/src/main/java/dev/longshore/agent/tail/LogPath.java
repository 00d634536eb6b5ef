package dev.longshore.agent.tail;

import dev.longshore.agent.event.ContainerRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the path of a log says about its container.
///
/// @param container by the kubelet's folder names if one of the names is there; else by what is
///   known
/// @param known the name by which people know the log: the one in the kubelet's folder, if any
/// @param real without symbolic links
record LogPath(ContainerRef container, Path known, Path real) {

  static final Path PODS = Path.of("/var/log/pods");
  static final Path CONTAINERS = Path.of("/var/log/containers");

  /// As many as Linux follows.
  private static final int MAX_LINKS = 40;

  /// Follows the links from a name that a pattern matched. The whole chain is looked at:
  /// `/var/log/containers/…` points into the kubelet's folder, which with Docker points further.
  ///
  /// @throws IOException when a link leads nowhere
  static LogPath resolve(Path matched) throws IOException {
    Path real = matched.toRealPath();
    ContainerRef byPods = null;
    Path known = matched;
    Path hop = matched;
    for (int links = 0; links < MAX_LINKS && byPods == null; links++) {
      byPods = pods(hop);
      known = byPods == null ? known : hop;
      if (!Files.isSymbolicLink(hop)) {
        break;
      }
      hop = hop.resolveSibling(Files.readSymbolicLink(hop)).normalize();
    }
    if (byPods == null) {
      byPods = pods(real);
      known = byPods == null ? known : real;
    }
    if (byPods != null) {
      return new LogPath(byPods, known, real);
    }
    ContainerRef byLink = containers(matched);
    return new LogPath(byLink == null ? elsewhere(matched) : byLink, matched, real);
  }

  /// `<namespace>_<pod>_<uid>/<container>/<n>.log`, under the kubelet's folder or any other.
  static @Nullable ContainerRef pods(Path path) {
    int names = path.getNameCount();
    if (names < 3 || (path.startsWith(PODS) && names != PODS.getNameCount() + 3)) {
      return null;
    }
    String pod = path.getName(names - 3).toString();
    int first = pod.indexOf('_');
    int last = pod.lastIndexOf('_');
    // None of the three may contain an underscore.
    if (first <= 0 || last == first || pod.indexOf('_', first + 1) != last) {
      return null;
    }
    if (last == first + 1 || last == pod.length() - 1) {
      return null;
    }
    return new ContainerRef(
        pod.substring(0, first),
        pod.substring(first + 1, last),
        pod.substring(last + 1),
        path.getName(names - 2).toString());
  }

  /// `/var/log/containers/<pod>_<namespace>_<container>-<id>.log`.
  static @Nullable ContainerRef containers(Path path) {
    if (!CONTAINERS.equals(path.getParent())) {
      return null;
    }
    String name = path.getFileName().toString();
    int first = name.indexOf('_');
    int second = name.indexOf('_', first + 1);
    int dash = name.lastIndexOf('-');
    if (first <= 0 || second <= first + 1 || dash <= second + 1) {
      return null;
    }
    return new ContainerRef(
        name.substring(first + 1, second),
        name.substring(0, first),
        "",
        name.substring(second + 1, dash));
  }

  /// Whose logs stand in a folder, or below it: of the kubelet's folder of a pod, the pod alone.
  static ContainerRef ofFolder(Path folder) {
    ContainerRef container = pods(folder.resolve("0.log"));
    if (container != null) {
      return container;
    }
    ContainerRef pod = pods(folder.resolve("container/0.log"));
    return pod == null
        ? elsewhere(folder)
        : new ContainerRef(pod.namespace(), pod.pod(), pod.podUid(), "");
  }

  private static ContainerRef elsewhere(Path path) {
    Path folder = path.getParent();
    Path folderName = folder == null ? null : folder.getFileName();
    return new ContainerRef(
        "",
        folderName == null ? "" : folderName.toString(),
        "",
        RotatedName.parse(path.getFileName().toString()).base());
  }
}
