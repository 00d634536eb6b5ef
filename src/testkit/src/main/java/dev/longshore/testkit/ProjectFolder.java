package dev.longshore.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

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
}
