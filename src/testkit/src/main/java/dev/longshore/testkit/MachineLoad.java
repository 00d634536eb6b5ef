package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Keeps tests that load the machine apart from one that measures time on it, also where they run
/// in different processes of one build: any number of the former run at a time, or one of the
/// latter.
///
/// A lock on a file of the project's `target`, given back by [#close] and by the end of the
/// process. A process holds it once at a time.
public final class MachineLoad implements AutoCloseable {
  private final FileChannel channel;

  private MachineLoad(Path file, boolean shared) {
    try {
      Files.createDirectories(file.getParent());
      this.channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.lock(0, Long.MAX_VALUE, shared);
    } catch (IOException e) {
      throw new UncheckedIOException("no lock on " + file, e);
    }
  }

  /// Waits until no test measures.
  public static MachineLoad heavy() {
    return new MachineLoad(file(), true);
  }

  /// Waits until no test loads the machine.
  public static MachineLoad measured() {
    return new MachineLoad(file(), false);
  }

  private static Path file() {
    return ProjectFolder.find().resolve("target/machine-load.lock");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
