package dev.longshore.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What `./longshore release` runs when the images are built and saved.
public final class ReleaseMain {
  private ReleaseMain() {}

  /// @param args the project's folder, the version, registry and prefix, the folder to write to,
  ///   and `PRODUCT=FILE[,FILE…]` for each product
  public static void main(String[] args) throws IOException {
    List<String> arguments = List.of(args);
    new ReleaseFolder(Path.of(args[0]), args[1], args[2])
        .write(ReleaseFolder.images(arguments.subList(4, arguments.size())), Path.of(args[3]));
  }
}
