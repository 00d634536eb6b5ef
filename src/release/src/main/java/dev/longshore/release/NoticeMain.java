package dev.longshore.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `./longshore notice`: writes NOTICE for what was built.
public final class NoticeMain {
  private NoticeMain() {}

  /// @param args the project's folder
  public static void main(String[] args) throws IOException {
    Path project = Path.of(args[0]);
    Files.writeString(project.resolve("NOTICE"), Notice.of(project));
  }
}
