package dev.longshore.e2e.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A small file system in memory for the agent's buffer, which can be filled to the last byte.
final class BufferDisk implements AutoCloseable {
  private static final int MEBIBYTES = 128;

  private final Path folder;
  private final Path hog;
  private volatile boolean mounted;

  private BufferDisk(Path folder) {
    this.folder = folder;
    this.hog = folder.resolve("hog");
  }

  /// Mounts it.
  ///
  /// @throws IOException when this user may not mount
  static BufferDisk mount(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    BufferDisk disk = new BufferDisk(folder);
    run(
        List.of(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + MEBIBYTES + "m",
            "longshore-torture",
            folder.toString()));
    disk.mounted = true;
    return disk;
  }

  /// A plain folder, which nothing fills.
  static BufferDisk plain(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new BufferDisk(folder);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
  }

  Path buffer() {
    return folder.resolve("buffer");
  }

  /// Takes what is free, to the last byte or nearly so.
  ///
  /// @param leaveBytes how much is left
  void fill(long leaveBytes) throws IOException {
    long wanted = Math.max(0, Files.getFileStore(folder).getUsableSpace() - leaveBytes);
    byte[] zeros = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(hog)) {
      for (long written = 0; written < wanted || leaveBytes == 0; written += zeros.length) {
        out.write(zeros);
      }
    } catch (IOException e) {
      // That is what was wanted.
    }
  }

  void free() throws IOException {
    Files.deleteIfExists(hog);
  }

  @Override
  public synchronized void close() throws IOException {
    if (mounted) {
      mounted = false;
      try {
        run(List.of("umount", "--lazy", folder.toString()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
