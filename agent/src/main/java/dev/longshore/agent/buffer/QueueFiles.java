package dev.longshore.agent.buffer;

import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The names in the buffer's folder. A queue file is named by its number, which grows by one with
/// each file and is never used twice; to Chronicle it is a day.
final class QueueFiles {

  /// Eight digits of the modified Julian day: to Chronicle a date, to people a number.
  static final String NAME_PATTERN = "gggggggg";

  /// The modified Julian day of 1970-01-01, at which Chronicle counts from zero.
  static final int NUMBER_OF_DAY_ZERO = 40_587;

  /// Numbers above it are not ours.
  private static final int LAST_NUMBER = 99_999_999;

  private static final String SUFFIX = ".cq4";

  private final Path dir;

  QueueFiles(Path dir) {
    this.dir = dir;
  }

  /// Makes the folders; they and all in them are the owner's alone.
  void make() throws IOException {
    for (Path folder : List.of(queue(), earlier(), damaged())) {
      OwnerOnly.createFolders(folder);
    }
    OwnerOnly.repair(dir, List.of("queue", "earlier", "damaged", "lock", "spare"));
  }

  Path lock() {
    return dir.resolve("lock");
  }

  Path spare() {
    return dir.resolve("spare");
  }

  Path queue() {
    return dir.resolve("queue");
  }

  Path earlier() {
    return dir.resolve("earlier");
  }

  Path damaged() {
    return dir.resolve("damaged");
  }

  Path inQueue(int number) {
    return queue().resolve(name(number));
  }

  /// The folders in which a file that is in use may have its name.
  List<Path> ofNames() {
    return List.of(dir, queue(), earlier());
  }

  private static String name(int number) {
    return String.format("%08d", number) + SUFFIX;
  }

  /// The number in a name, or −1 when it is none of ours.
  static int number(Path file) {
    String name = file.getFileName().toString();
    if (name.length() != 8 + SUFFIX.length() || !name.endsWith(SUFFIX)) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < 8; i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number > NUMBER_OF_DAY_ZERO && number < LAST_NUMBER ? number : -1;
  }

  /// Moves the files of the run before out of the folder that Chronicle opens, so that it never
  /// meets one that it didn't write in this run; and what is no file but has the name of one.
  void sealLastRun() throws IOException {
    if (Files.exists(spare()) && !Files.isRegularFile(spare())) {
      setAside(spare());
    }
    for (Path file : filesIn(queue())) {
      if (!file.getFileName().toString().endsWith(SUFFIX)) {
        if (!Files.isRegularFile(file)) {
          setAside(file);
        }
        continue;
      }
      if (Files.isRegularFile(file) && number(file) >= 0) {
        seal(file);
      } else {
        setAside(file);
      }
    }
  }

  /// Moves one file out of the folder that Chronicle opens.
  ///
  /// @return where it lies now
  Path seal(Path file) throws IOException {
    Path target = earlier().resolve(file.getFileName());
    return Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The files of earlier runs, by number.
  List<Path> earlierFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path file : filesIn(earlier())) {
      if (Files.isRegularFile(file) && number(file) >= 0) {
        files.add(file);
      } else {
        setAside(file);
      }
    }
    files.sort(Comparator.comparingInt(QueueFiles::number));
    return files;
  }

  /// The number for the next file: above all that are there, those set aside included.
  int nextNumber() throws IOException {
    int highest = NUMBER_OF_DAY_ZERO;
    for (Path folder : List.of(queue(), earlier(), damaged())) {
      for (Path file : filesIn(folder)) {
        highest = Math.max(highest, number(file));
      }
    }
    return highest + 1;
  }

  /// Moves a file that can't be used, or is of use no more, to the evidence.
  void setAside(Path file) throws IOException {
    OwnerOnly.createFolders(damaged());
    Path target = damaged().resolve(file.getFileName());
    for (int i = 1; Files.exists(target); i++) {
      target = damaged().resolve(file.getFileName() + "." + i);
    }
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes evidence, oldest names first, until what is left fits.
  void trimEvidence(long maxBytes) throws IOException {
    List<Path> evidence = filesIn(damaged());
    evidence.sort(Comparator.comparing(Path::getFileName));
    long bytes = 0;
    for (int i = evidence.size() - 1; i >= 0; i--) {
      bytes += allocatedBytes(evidence.get(i));
      if (bytes > maxBytes && Files.isRegularFile(evidence.get(i))) {
        Files.delete(evidence.get(i));
      }
    }
  }

  /// What the folder and all in it occupy on disk.
  long allocatedBytes() throws IOException {
    long bytes = allocatedBytes(dir);
    for (Path folder : List.of(dir, queue(), earlier(), damaged())) {
      for (Path file : filesIn(folder)) {
        bytes += allocatedBytes(file);
      }
    }
    return bytes;
  }

  /// What one occupies; nothing where the disk does not say: a single bad inode, which evidence of
  /// damage may well have, is no reason to use none of the folder.
  private static long allocatedBytes(Path file) {
    try {
      return Disk.allocatedBytes(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.toList());
    } catch (NoSuchFileException e) {
      // Somebody has deleted the evidence with its folder.
      return new ArrayList<>();
    }
  }
}
