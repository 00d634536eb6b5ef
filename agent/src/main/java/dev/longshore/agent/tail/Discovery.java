package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks the folders that the patterns lead to, watches them, and tells the file set what stands in
/// them. Owned by the reading thread.
final class Discovery {

  /// Deeper than any path that Linux accepts is useful; ends a walk through links in a circle.
  private static final int MAX_DEPTH = 64;

  /// How often a folder is looked at while it changes; then again in the next turn.
  private static final int LOOKS = 5;

  private final PathGlobs globs;
  private final DirectoryWatch watch;
  private final FileSet fileSet;
  private final TailLog tailLog;
  private final Lister lister;

  private final Map<Path, List<String>> listings = new HashMap<>();
  private final Set<Path> touched = new LinkedHashSet<>();
  private final Set<Path> oddities = new HashSet<>();

  /// Links that lead nowhere yet: the kubelet makes the link before the runtime makes the file.
  private final Set<Path> broken = new LinkedHashSet<>();

  /// Folders that changed all the time while they were looked at.
  private final Set<Path> restless = new HashSet<>();

  /// Lists a folder.
  @FunctionalInterface
  interface Lister {
    /// The names in a folder, none if it is gone.
    List<String> names(Path folder) throws IOException;
  }

  Discovery(
      PathGlobs globs, DirectoryWatch watch, FileSet fileSet, TailLog tailLog, Lister lister) {
    this.globs = globs;
    this.watch = watch;
    this.fileSet = fileSet;
    this.tailLog = tailLog;
    this.lister = lister;
  }

  /// Looks at everything.
  void scanAll(long now) {
    begin();
    broken.clear();
    oddities.clear();
    watch.renew();
    for (Path root : globs.roots()) {
      Path folder = root;
      while (!Files.isDirectory(folder) && folder.getParent() != null) {
        folder = folder.getParent();
      }
      if (folder.equals(root)) {
        visit(folder, true);
      } else {
        watch.watch(folder);
      }
    }
    touched.addAll(fileSet.folders());
    reconcile(now);
    tailLog.retainOdd(oddities);
  }

  /// Looks at the folders in which something came or went, and at those that are new in them.
  void scan(Set<Path> dirty, long now) {
    begin();
    for (Path folder : dirty) {
      if (globs.leadsTo(folder)) {
        visit(folder, false);
      }
      if (fileSet.folders().contains(folder)) {
        touched.add(folder);
      }
    }
    reconcile(now);
  }

  /// Adds the folders of links that have begun to lead somewhere, and those that were restless.
  void repaired(Set<Path> dirty) {
    dirty.addAll(restless);
    restless.clear();
    if (!broken.isEmpty()) {
      broken.removeIf(
          link -> {
            boolean leads = Files.exists(link);
            if (leads) {
              dirty.add(link.getParent());
            }
            return leads;
          });
    }
  }

  private void begin() {
    listings.clear();
    touched.clear();
  }

  private void visit(Path folder, boolean all) {
    // Watched before it is listed: what comes in between is reported.
    watch.watch(folder);
    List<String> names = list(folder);
    if (names == null) {
      return;
    }
    Set<String> present = new HashSet<>(names);
    for (String name : names) {
      Path path = folder.resolve(name);
      if (globs.matches(path)) {
        matched(path);
      } else {
        RotatedName rotated = RotatedName.parse(name);
        if (!rotated.isLive()
            && !present.contains(rotated.base())
            && globs.matches(folder.resolve(rotated.base()))) {
          matched(path);
        }
      }
      if (globs.leadsTo(path)
          && path.getNameCount() < MAX_DEPTH
          && (all || !watch.watches(path))
          && Files.isDirectory(path)) {
        visit(path, all);
      }
    }
  }

  private void matched(Path path) {
    if (RotatedName.ignored(path.getFileName().toString())) {
      return;
    }
    try {
      if (Files.isRegularFile(path)) {
        LogPath log = LogPath.resolve(path);
        fileSet.follow(log);
        touched.add(log.real().getParent());
      } else if (!Files.exists(path)) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          broken.add(path);
        }
      } else if (!globs.leadsTo(path)) {
        oddities.add(path);
        tailLog.odd(path);
      }
    } catch (IOException e) {
      // The file or a link on the way to it has vanished; the next scan sees what is there then.
      broken.add(path);
    }
  }

  private void reconcile(long now) {
    for (Path folder : touched) {
      watch.watch(folder);
      List<String> names = list(folder);
      if (names != null) {
        reconcile(folder, names, now);
      }
    }
  }

  /// Looks at the files of a folder until nothing has changed meanwhile.
  private void reconcile(Path folder, List<String> firstNames, long now) {
    Set<String> logs = Set.copyOf(fileSet.logsIn(folder));
    if (logs.isEmpty()) {
      return;
    }
    List<String> names = firstNames;
    for (int look = 0; look < LOOKS; look++) {
      try {
        Listing listing = Listing.of(folder, names, logs);
        List<String> after = lister.names(folder);
        if (Set.copyOf(after).equals(Set.copyOf(names)) && listing.holds()) {
          fileSet.reconcile(folder, listing, now);
          return;
        }
        names = after;
      } catch (IOException e) {
        tailLog.folder(folder, e);
        return;
      }
    }
    restless.add(folder);
  }

  /// The names in a folder, none if it is gone, null if it can't be told.
  private @Nullable List<String> list(Path folder) {
    List<String> known = listings.get(folder);
    if (known != null) {
      return known;
    }
    try {
      List<String> names = lister.names(folder);
      listings.put(folder, names);
      return names;
    } catch (IOException e) {
      tailLog.folder(folder, e);
      return null;
    }
  }

  /// Asks the file system.
  static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      names.clear();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }
}
