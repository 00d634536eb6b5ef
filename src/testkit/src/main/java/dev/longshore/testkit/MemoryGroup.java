package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// A memory cgroup for one process, as a container has it, with what the kernel counted at most:
/// the process's own memory, the kernel's for it, and the page cache of the files that it read and
/// wrote. Where the machine lets nobody make one, the process runs without, and the peak is
/// unknown.
///
/// Of cgroup v1 and v2 the one that is mounted is used; in v2 the root's children must have the
/// memory controller.
public final class MemoryGroup implements AutoCloseable {
  private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
  private static final Path V2 = Path.of("/sys/fs/cgroup");

  private final Path folder;
  private final String peakFile;
  private final boolean made;

  private MemoryGroup(Path folder, String peakFile, boolean made) {
    this.folder = folder;
    this.peakFile = peakFile;
    this.made = made;
  }

  /// Makes one with a limit.
  public static MemoryGroup limitedTo(long bytes) {
    String name = "longshore-" + ProcessHandle.current().pid();
    boolean v1 = Files.exists(V1.resolve("memory.limit_in_bytes"));
    Path folder = (v1 ? V1 : V2).resolve(name);
    String peakFile = v1 ? "memory.max_usage_in_bytes" : "memory.peak";
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve(v1 ? "memory.limit_in_bytes" : "memory.max"), Long.toString(bytes));
      return new MemoryGroup(folder, peakFile, Files.exists(folder.resolve(peakFile)));
    } catch (IOException e) {
      return new MemoryGroup(folder, peakFile, false);
    }
  }

  /// The command under which a process joins the group.
  public List<String> prefix() {
    return made
        ? List.of("sh", "-c", "echo $$ > " + folder + "/cgroup.procs && exec \"$@\"", "sh")
        : List.of();
  }

  /// The most that was counted, in bytes; empty where there is no group.
  public OptionalLong peakBytes() {
    if (!made) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(folder.resolve(peakFile)).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes it away, once its process has ended.
  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("a process is still in " + folder, e);
    }
  }
}
