package dev.longshore.shared.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells the states of a file apart, at the cost of one `stat`, through symbolic links: Kubernetes
/// exchanges the files of a volume by one.
public record FileVersion(@Nullable Object inode, long modifiedNanos, long bytes) {

  /// The file as it is now; null when there is none that can be looked at.
  public static @Nullable FileVersion of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileVersion(
          now.fileKey(), now.lastModifiedTime().to(TimeUnit.NANOSECONDS), now.size());
    } catch (IOException e) {
      return null;
    }
  }
}
