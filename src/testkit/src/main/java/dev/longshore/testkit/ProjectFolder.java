package dev.longshore.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The folder of the project's checkout, in which the products' class paths and JVM flags lie.
public final class ProjectFolder {
  private ProjectFolder() {}

  /// The nearest folder, from the working directory upwards, that holds the `longshore` script; or
  /// the folder that the system property `longshore.root` names.
  ///
  /// @throws IllegalStateException when there is none
  public static Path find() {
    String stated = System.getProperty("longshore.root");
    if (stated != null) {
      return Path.of(stated);
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("longshore"))
          && Files.exists(folder.resolve("agent/src/main/jvm/agent.jvmflags"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "no Longshore checkout at or above " + start + "; name it with -Dlongshore.root=FOLDER");
  }

  /// The regular files of the checkout, in the order of the file system.
  ///
  /// @param skipped names of folders that are not entered, at any depth
  /// @param wanted which files are returned
  public static List<Path> files(Set<String> skipped, Predicate<Path> wanted) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        find(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return skipped.contains(dir.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && wanted.test(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
