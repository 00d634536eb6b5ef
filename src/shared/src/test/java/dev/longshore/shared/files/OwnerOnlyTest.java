package dev.longshore.shared.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is its owner's alone, also what an earlier version left open to others.
final class OwnerOnlyTest {
  @TempDir Path dir;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void open(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void createsFoldersAndFilesForTheOwnerAlone() throws IOException {
    Path folder = dir.resolve("a/b");
    OwnerOnly.createFolders(folder);
    Path file = Files.createFile(folder.resolve("c"), OwnerOnly.FILE);
    assertThat(mode(dir.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void repairsWhatIsThere() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("buffer"));
    Path queue = Files.createDirectories(folder.resolve("queue"));
    Path file = Files.createFile(queue.resolve("00040588.cq4"));
    open(folder, "rwxr-xr-x");
    open(queue, "rwxr-xr-x");
    open(file, "rw-r--r--");
    OwnerOnly.repair(folder, List.of("queue", "missing"));
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(queue)).isEqualTo("rwx------");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void leavesASharedFolderAndStrangersInItAlone() throws IOException {
    Path shared = Files.createDirectories(dir.resolve("tmp"));
    Path stranger = Files.createFile(shared.resolve("stranger"));
    Path ours = Files.createFile(shared.resolve("lock"));
    Path target = Files.createFile(dir.resolve("target"));
    open(shared, "rwxrwxrwx");
    open(stranger, "rw-r--r--");
    open(ours, "rw-r--r--");
    open(target, "rw-r--r--");
    Files.createSymbolicLink(shared.resolve("link"), target);
    OwnerOnly.repair(shared, List.of("lock", "link"));
    assertThat(mode(shared)).isEqualTo("rwxrwxrwx");
    assertThat(mode(stranger)).isEqualTo("rw-r--r--");
    assertThat(mode(target)).isEqualTo("rw-r--r--");
    assertThat(mode(ours)).isEqualTo("rw-------");
  }
}
