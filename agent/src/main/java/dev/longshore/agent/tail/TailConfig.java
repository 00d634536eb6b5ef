package dev.longshore.agent.tail;

import dev.longshore.shared.units.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Which files are followed, and how closely.
///
/// @param paths patterns of live files (`*`, `?`, `[a-z]`, `**` for any depth); rotated siblings
///   are found without being named
/// @param pollInterval how often the size of a busy file is asked for; a file that is quiet for 10
///   s is asked at least once a second, or is watched by inotify
/// @param rescanInterval how often all folders are listed; seldom where inotify reports everything
/// @param rotateGrace how long a rotated file is still read after its successor appeared
/// @param maxHeld how many bytes of deleted files are kept on disk by holding them open
/// @param allowedLinkTargets folders into which symbolic links may lead besides those that are
///   followed
public record TailConfig(
    List<String> paths,
    Duration pollInterval,
    Duration rescanInterval,
    Duration rotateGrace,
    DataSize maxHeld,
    List<Path> allowedLinkTargets) {

  /// The kubelet's layout.
  public static final List<String> DEFAULT_PATHS = List.of("/var/log/pods/*/*/*.log");

  /// As long as peers wait until they flush, and no longer than Elasticsearch takes to refresh. A
  /// busy file gives a block each time: half as often costs a tenth less at 10,000 lines a second.
  public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

  /// The kubelet looks for files to rotate every 10 s and keeps five; half of that misses none.
  public static final Duration DEFAULT_RESCAN_INTERVAL = Duration.ofSeconds(5);

  /// A runtime reopens its log within milliseconds of being asked; two seconds cover a busy node.
  public static final Duration DEFAULT_ROTATE_GRACE = Duration.ofSeconds(2);

  /// A hundred times the kubelet's default of 10 Mi for a file.
  public static final DataSize DEFAULT_MAX_HELD = DataSize.ofGiB(1);

  private static final Duration LEAST_INTERVAL = Duration.ofMillis(10);

  public TailConfig {
    paths = List.copyOf(paths);
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("tail.paths is empty; name at least one pattern");
    }
    allowedLinkTargets = List.copyOf(allowedLinkTargets);
    for (Path folder : allowedLinkTargets) {
      if (!folder.isAbsolute()) {
        throw new IllegalArgumentException(
            "tail.allowedLinkTargets: '" + folder + "' is not the absolute path of a folder");
      }
    }
    atLeast("tail.pollInterval", pollInterval, LEAST_INTERVAL);
    atLeast("tail.rescanInterval", rescanInterval, pollInterval);
    atLeast("tail.rotateGrace", rotateGrace, Duration.ZERO);
  }

  private static void atLeast(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          name + " is " + value.toMillis() + "ms; at least " + least.toMillis() + "ms");
    }
  }

  public static TailConfig defaults() {
    return new TailConfig(
        DEFAULT_PATHS,
        DEFAULT_POLL_INTERVAL,
        DEFAULT_RESCAN_INTERVAL,
        DEFAULT_ROTATE_GRACE,
        DEFAULT_MAX_HELD,
        List.of());
  }
}
