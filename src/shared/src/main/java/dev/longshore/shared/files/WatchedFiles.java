package dev.longshore.shared.files;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What files hold, read again when one of them has changed: passwords, tokens and certificates are
/// replaced while the process runs.
///
/// Whether one changed costs one `stat` a file for each question. Files that are gone or can't be
/// used leave in force what was read last; that is logged once for each change, and told by
/// [#problem]. Safe for use by any thread.
public final class WatchedFiles<T> {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

  /// Reads the files.
  @FunctionalInterface
  public interface Reader<T> {
    /// @param before what is in force; null at the first reading
    /// @throws IllegalArgumentException when they can't be used, with a message for people that
    ///   holds no secret
    T read(@Nullable T before) throws IOException;
  }

  private final String name;
  private final Supplier<List<Path>> files;
  private final Reader<T> reader;

  // Guarded by this.
  private List<@Nullable Object> seen;
  private T current;
  private @Nullable String problem;

  /// Reads them for the first time.
  ///
  /// @param name what they are, for the log: `web file`
  /// @param files those that are looked at; they may become others
  /// @throws IllegalArgumentException when they can't be used now
  public WatchedFiles(String name, Supplier<List<Path>> files, Reader<T> reader) {
    this.name = name;
    this.files = files;
    this.reader = reader;
    this.seen = look();
    try {
      this.current = reader.read(null);
    } catch (IOException e) {
      throw new IllegalArgumentException(name + " can't be read: " + FailureText.of(e), e);
    }
  }

  /// One file.
  public WatchedFiles(String name, Path file, Reader<T> reader) {
    this(name, () -> List.of(file), reader);
  }

  private List<@Nullable Object> look() {
    List<@Nullable Object> now = new ArrayList<>();
    for (Path file : files.get()) {
      now.add(file);
      now.add(FileVersion.of(file));
    }
    return now;
  }

  /// What they hold, as far as it can be used.
  public synchronized T current() {
    List<@Nullable Object> now = look();
    if (now.equals(seen)) {
      return current;
    }
    seen = now;
    try {
      current = reader.read(current);
      problem = null;
      LOG.atInfo().addKeyValue("files", files.get()).log(name + " was read again");
    } catch (IllegalArgumentException | IOException e) {
      problem = String.valueOf(e.getMessage());
      LOG.atWarn()
          .addKeyValue("files", files.get())
          .addKeyValue("error", problem)
          .log(name + " has changed and can't be used; what was read before stays in force");
    }
    return current;
  }

  /// Why the files as they are now are not in force; null when they are.
  public synchronized @Nullable String problem() {
    return problem;
  }
}
