package dev.longshore.alerting.state;

import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, of which the driver's jar holds one for each system. The driver by
/// itself unpacks it into the temporary folder under a name of its own for each process, and a
/// process that is killed leaves it there for ever. One beside the database is found again.
final class SqliteLibrary {
  /// The driver looks there first.
  private static final String PATH = "org.sqlite.lib.path";

  private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

  private SqliteLibrary() {}

  /// Unpacks the library into a folder that this process holds, unless it is there, and has the
  /// driver load that one. Where it can't be written, on a full disk for example, the driver does
  /// as it does by itself.
  static void keepIn(Path dir) {
    if (System.getProperty(PATH) != null) {
      return;
    }
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream in = SQLiteConfig.class.getResourceAsStream(resource)) {
      if (in == null) {
        return; // the driver says for which systems it has one
      }
      byte[] library = in.readAllBytes();
      Path file = dir.toAbsolutePath().resolve(name);
      if (!holds(file, library)) {
        replace(file, library);
      }
      System.setProperty(PATH, file.resolveSibling("").toString());
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("dir", dir)
          .addKeyValue("reason", e.toString())
          .log("SQLite's library is not kept in state.dir, but in the temporary folder");
    }
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == content.length
        && Arrays.equals(Files.readAllBytes(file), content);
  }

  /// In one step: what another process has loaded is not written into.
  private static void replace(Path file, byte[] content) throws IOException {
    Path anew = file.resolveSibling(file.getFileName() + ".new");
    try {
      OwnerOnly.write(anew, content);
      Files.move(anew, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(anew);
      throw e;
    }
  }
}
