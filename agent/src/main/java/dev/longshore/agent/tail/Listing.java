package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files of a folder's logs: first the plain ones, so that a compressed one meets what it was
/// made from; of each kind the oldest first.
///
/// The names are listed before the files are asked for: with a rotation in between, the live name
/// leads to a newer file, and the one before it has a name that was not listed. Who takes such a
/// listing for what there was at one moment puts two files beside each other that are none.
///
/// @param files regular files only, live and rotated
/// @param unasked those of which the file system does not say what they are, and why: each is a
///   trouble of its own and none of the folder's other logs
record Listing(List<FoundFile> files, Map<Path, IOException> unasked) {
  private static final Comparator<FoundFile> PLAIN_THEN_OLDEST =
      Comparator.comparing((FoundFile f) -> f.name().gzip())
          .thenComparing(FoundFile::name, RotatedName.BY_AGE);

  /// @param names what stands in the folder
  /// @param logs the live names of the logs that are followed there
  static Listing of(Path folder, List<String> names, Set<String> logs) {
    List<FoundFile> found = new ArrayList<>();
    Map<Path, IOException> unasked = new LinkedHashMap<>();
    Set<String> present = new HashSet<>(names);
    for (String text : names) {
      RotatedName name = RotatedName.parse(text);
      if (!logs.contains(name.base()) || RotatedName.ignored(text)) {
        continue;
      }
      if (name.gzip() && present.contains(name.plainName()) && !name.suffix().isEmpty()) {
        // Still being compressed, perhaps.
        continue;
      }
      try {
        FoundFile file = FoundFile.at(folder.resolve(text));
        if (file.regular()) {
          found.add(file);
        }
      } catch (NoSuchFileException e) {
        // It has vanished since the folder was listed.
      } catch (IOException e) {
        unasked.put(folder.resolve(text), e);
      }
    }
    found.sort(PLAIN_THEN_OLDEST);
    return new Listing(found, unasked);
  }

  /// Whether the live names still lead to the files that were found. Together with names that are
  /// the same before and after, it says that all were there at one moment.
  ///
  /// @throws IOException when a file can't be asked what it is
  boolean holds() throws IOException {
    for (FoundFile file : files) {
      if (file.name().isLive()) {
        try {
          if (!FoundFile.at(file.path()).key().equals(file.key())) {
            return false;
          }
        } catch (NoSuchFileException e) {
          return false;
        }
      }
    }
    return true;
  }

  /// Where the files stand.
  Set<Path> paths() {
    return Stream.concat(files.stream().map(FoundFile::path), unasked.keySet().stream())
        .collect(Collectors.toSet());
  }

  /// The live names of the logs of which a file was found.
  Set<String> logs() {
    return files.stream().map(file -> file.name().base()).collect(Collectors.toSet());
  }
}
