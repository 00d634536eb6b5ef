package dev.longshore.agent.buffer;

import dev.longshore.shared.units.DataSize;
import java.nio.file.Path;

/// Where the buffer lies and how much of the disk it may take.
///
/// @param dir its folder; made when it is missing; one process at a time
/// @param maxSize cap on what the folder occupies on disk, in allocated blocks; at least 16 MiB
/// @param minFree free space on that file system below which reading pauses
/// @param sync whether each append waits until the disk has it
public record BufferConfig(Path dir, DataSize maxSize, DataSize minFree, boolean sync) {

  /// On the node's disk, where a DaemonSet mounts a `hostPath`.
  public static final Path DEFAULT_DIR = Path.of("/var/lib/longshore/buffer");

  /// Some hours of a busy node's logs, and small against a node's disk.
  public static final DataSize DEFAULT_MAX_SIZE = DataSize.ofGiB(1);

  /// Below it the kubelet starts to evict pods on small disks; the logs themselves are the buffer.
  public static final DataSize DEFAULT_MIN_FREE = DataSize.ofMiB(512);

  /// Four queue files of the smallest kind.
  public static final DataSize LEAST_MAX_SIZE = DataSize.ofMiB(16);

  public BufferConfig {
    if (maxSize.bytes() < LEAST_MAX_SIZE.bytes()) {
      throw new IllegalArgumentException(
          "buffer.maxSize is " + maxSize + "; it must be at least " + LEAST_MAX_SIZE);
    }
    if (minFree.bytes() < 0) {
      throw new IllegalArgumentException(
          "buffer.minFree is " + minFree + "; it must not be negative");
    }
  }

  public static BufferConfig defaults() {
    return new BufferConfig(DEFAULT_DIR, DEFAULT_MAX_SIZE, DEFAULT_MIN_FREE, false);
  }

  /// The same, when a part of the size is for something else in the folder; never below the least.
  public BufferConfig without(DataSize part) {
    long rest = Math.max(maxSize.bytes() - part.bytes(), LEAST_MAX_SIZE.bytes());
    return new BufferConfig(dir, new DataSize(rest), minFree, sync);
  }
}
