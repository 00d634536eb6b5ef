package dev.longshore.shared.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Permissions of what is written: files 0600, folders 0700, whatever the umask. Given at creation,
/// so that there is no moment at which others can open a file; and repaired at the start, for what
/// an earlier version left readable.
public final class OwnerOnly {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);

  private static final Set<PosixFilePermission> FILE_PERMISSIONS =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER_PERMISSIONS =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  /// For the creation of a file.
  public static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(FILE_PERMISSIONS);

  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(FOLDER_PERMISSIONS);

  private static final Set<StandardOpenOption> WRITE_ANEW =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private OwnerOnly() {}

  /// Makes a folder and those above it, as far as they are missing.
  public static void createFolders(Path folder) throws IOException {
    Files.createDirectories(folder, FOLDER);
  }

  /// Writes a file, in place of what it held.
  public static void write(Path file, byte[] content) throws IOException {
    try (SeekableByteChannel to = Files.newByteChannel(file, WRITE_ANEW, FILE)) {
      ByteBuffer from = ByteBuffer.wrap(content);
      while (from.hasRemaining()) {
        int ignored = to.write(from);
      }
    }
  }

  /// Takes the permissions of group and others from a folder and all in it; links are not followed.
  /// A folder into which anybody may write, as `/tmp`, is shared and stays as it is: of it only the
  /// given names are repaired. What can't be changed is logged, once.
  ///
  /// @param names what is ours in the folder
  public static void repair(Path folder, List<String> names) {
    repair(folder, names, true);
  }

  /// The same for what is in a folder that may belong to somebody else, such as a volume's.
  public static void repairFiles(Path folder, List<String> names) {
    repair(folder, names, false);
  }

  private static void repair(Path folder, List<String> names, boolean itself) {
    int repaired = 0;
    int failed = 0;
    IOException cause = null;
    try {
      PosixFileAttributes own = attributes(folder);
      if (itself
          && !own.permissions().contains(PosixFilePermission.OTHERS_WRITE)
          && restrict(folder, own)) {
        repaired++;
      }
    } catch (IOException e) {
      failed++;
      cause = e;
    }
    for (String name : names) {
      try (Stream<Path> all = Files.walk(folder.resolve(name))) {
        for (Path path : (Iterable<Path>) all::iterator) {
          if (restrict(path, attributes(path))) {
            repaired++;
          }
        }
      } catch (NoSuchFileException e) {
        // It is made when it is needed.
      } catch (IOException | UncheckedIOException e) {
        failed++;
        cause = e instanceof IOException io ? io : new IOException(e);
      }
    }
    if (repaired > 0) {
      LOG.atWarn()
          .setMessage("permissions of group and others were removed")
          .addKeyValue("dir", folder)
          .addKeyValue("files", repaired)
          .log();
    }
    if (failed > 0) {
      LOG.atWarn()
          .setMessage("permissions could not be changed; others may be able to read logs")
          .addKeyValue("dir", folder)
          .addKeyValue("error", String.valueOf(cause))
          .log();
    }
  }

  private static PosixFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /// @return whether something was changed
  private static boolean restrict(Path path, PosixFileAttributes now) throws IOException {
    if (now.isSymbolicLink()) {
      return false;
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(now.permissions());
    if (!permissions.removeAll(OF_OTHERS)) {
      return false;
    }
    Files.setPosixFilePermissions(path, permissions);
    return true;
  }
}
