package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks the folders that the patterns lead to, watches them, and tells the file set what stands in
/// them. Owned by the reading thread.
///
/// Symbolic links are followed, of files and of folders, as far as [LinkPolicy] allows. A folder
/// that is reached by several names is walked once: by its own name, or else by the first link.
///
/// What can't be listed is shown as unreadable until a later scan can list it. A name that can't be
/// written as text, or that would end a line of text, is ignored and shown as that.
final class Discovery {

  /// How often a folder is looked at while it changes; then again in the next turn.
  private static final int LOOKS = 5;

  /// So many links that lead nowhere are asked for in each turn; the others at each rescan.
  private static final int MAX_BROKEN = 1_000;

  /// Java takes names apart by the locale, and nothing but the environment can tell it another one.
  private static final String UNUSABLE_NAME =
      "its name has control characters or is not valid "
          + System.getProperty("sun.jnu.encoding")
          + ", the encoding of the agent's locale; LANG=C.UTF-8 in its environment makes that UTF-8";

  private final PathGlobs globs;
  private final LinkPolicy links;
  private final DirectoryWatch watch;
  private final FileSet fileSet;
  private final TailLog tailLog;
  private final Lister lister;

  // Of the scan that is under way.
  private final Map<Path, Entries> listings = new HashMap<>();
  private final Set<Visit> visited = new HashSet<>();
  private final Deque<Step> folders = new ArrayDeque<>();
  private final Deque<Step> linkedFolders = new ArrayDeque<>();
  private final Set<Path> touched = new LinkedHashSet<>();

  /// Links that lead nowhere yet: the kubelet makes the link before the runtime makes the file.
  private final Set<Path> broken = new LinkedHashSet<>();

  /// The folders without a wildcard, and what was there when everything was looked at last.
  private final Map<Path, Optional<Place>> roots = new HashMap<>();

  /// Folders that changed all the time while they were looked at.
  private final Set<Path> restless = new HashSet<>();

  /// Lists a folder.
  @FunctionalInterface
  interface Lister {
    /// What stands in a folder, nothing if it is gone.
    List<Path> entries(Path folder) throws IOException;
  }

  /// What stands in a folder.
  ///
  /// @param names those that can be written as text
  /// @param unusable the others
  private record Entries(List<String> names, List<Path> unusable) {}

  /// The deepest folder on the way to a root that is there.
  private record Place(Path folder, @Nullable Object fileKey) {}

  /// A folder to be walked.
  private record Step(Path folder, PathGlobs.Reached reached) {}

  /// A folder that was walked, by its identity.
  private record Visit(Object fileKey, PathGlobs.Reached reached) {}

  Discovery(
      PathGlobs globs,
      LinkPolicy links,
      DirectoryWatch watch,
      FileSet fileSet,
      TailLog tailLog,
      Lister lister) {
    this.globs = globs;
    this.links = links;
    this.watch = watch;
    this.fileSet = fileSet;
    this.tailLog = tailLog;
    this.lister = lister;
    globs.roots().forEach(root -> roots.put(root, Optional.empty()));
  }

  /// Looks at everything.
  void scanAll(long now) {
    begin();
    broken.clear();
    tailLog.beginScan();
    watch.renew();
    roots.replaceAll((root, _) -> place(root));
    roots.keySet().forEach(this::root);
    walk(true);
    touched.addAll(fileSet.folders());
    reconcile(now);
    tailLog.endScan();
  }

  /// Looks at the folders in which something came or went, and at those that are new in them.
  void scan(Set<Path> dirty, long now) {
    begin();
    for (Path folder : dirty) {
      PathGlobs.Reached reached = globs.reached(folder);
      if (reached.leads()) {
        folders.add(new Step(folder, reached));
      }
      if (fileSet.folders().contains(folder)) {
        touched.add(folder);
      }
    }
    walk(false);
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

  /// Whether no folder is to be looked at again before something is reported of it.
  boolean awaitsNothing() {
    return restless.isEmpty() && broken.size() < MAX_BROKEN;
  }

  /// Whether another folder is at the place of a root than when everything was looked at last.
  /// Nobody reports that: neither are the folders above it watched, nor the links that lead to it.
  boolean isElsewhere() {
    return roots.entrySet().stream().anyMatch(it -> !place(it.getKey()).equals(it.getValue()));
  }

  private static Optional<Place> place(Path root) {
    for (Path folder = root; folder != null; folder = folder.getParent()) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(folder, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
          return Optional.of(new Place(folder, attributes.fileKey()));
        }
      } catch (IOException e) {
        // The folder above it may be there.
      }
    }
    return Optional.empty();
  }

  private void begin() {
    listings.clear();
    visited.clear();
    touched.clear();
    links.refresh();
  }

  /// Begins at a folder that a pattern names; where it is not there yet, the folder is watched in
  /// which it will appear.
  private void root(Path root) {
    for (Path folder = root; folder != null; folder = folder.getParent()) {
      try {
        if (Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
          if (folder.equals(root)) {
            folders.add(new Step(root, globs.reached(root)));
          } else {
            watch.watch(folder);
          }
          return;
        }
      } catch (NoSuchFileException e) {
        // The folder above it will tell.
      } catch (IOException e) {
        if (!isNotFolder(folder)) {
          tailLog.unreadable(folder, e);
          return;
        }
      }
    }
  }

  /// Whether a part of the path is a file: then there is no such folder, as when it were missing.
  private static boolean isNotFolder(Path folder) {
    for (Path above = folder.getParent(); above != null; above = above.getParent()) {
      if (Files.exists(above)) {
        return !Files.isDirectory(above);
      }
    }
    return false;
  }

  /// @param all whether folders that are watched are walked too; else only those that are new
  private void walk(boolean all) {
    // Links last, so that a folder is known by its own name if it has one.
    for (Step step = next(); step != null; step = next()) {
      visit(step, all);
    }
  }

  private @Nullable Step next() {
    Step step = folders.poll();
    return step == null ? linkedFolders.poll() : step;
  }

  private void visit(Step step, boolean all) {
    Path folder = step.folder;
    try {
      Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
      if (!visited.add(new Visit(key, step.reached))) {
        return;
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      tailLog.unreadable(folder, e);
      return;
    }
    // Watched before it is listed: what comes in between is reported.
    watch.watch(folder);
    Entries entries = list(folder);
    if (entries == null) {
      return;
    }
    Set<String> present = new HashSet<>(entries.names);
    for (String name : entries.names) {
      PathGlobs.Reached reached = globs.into(step.reached, name);
      boolean matches =
          !RotatedName.ignored(name) && (reached.matches() || isRotated(step, name, present));
      if (matches || reached.leads()) {
        entry(folder.resolve(name), reached, matches, all);
      }
    }
    for (Path path : entries.unusable) {
      PathGlobs.Reached reached = globs.into(step.reached, path.getFileName().toString());
      if (reached.matches()
          || (reached.leads() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))) {
        tailLog.ignore(path, UNUSABLE_NAME);
      }
    }
  }

  /// Whether a name is what rotation left of a log that is not there itself.
  private boolean isRotated(Step step, String name, Set<String> present) {
    RotatedName rotated = RotatedName.parse(name);
    return !rotated.isLive()
        && !present.contains(rotated.base())
        && globs.into(step.reached, rotated.base()).matches();
  }

  private void entry(Path path, PathGlobs.Reached reached, boolean matches, boolean all) {
    boolean link = false;
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      link = attributes.isSymbolicLink();
      if (link) {
        Path target = path.toRealPath();
        attributes = Files.readAttributes(target, BasicFileAttributes.class);
        if (!links.allows(target)) {
          if (matches || attributes.isDirectory()) {
            tailLog.ignore(path, links.refusal(target));
          }
          return;
        }
      }
      if (attributes.isDirectory() && reached.leads()) {
        if (all || !watch.watches(path, attributes.fileKey())) {
          (link ? linkedFolders : folders).add(new Step(path, reached));
        }
      } else if (matches && attributes.isRegularFile()) {
        follow(path);
      } else if (matches) {
        tailLog.ignore(path, "it is not a regular file");
      }
    } catch (NoSuchFileException e) {
      // A link that leads nowhere yet, or the file has vanished: the next scan sees what is there.
      if (matches && Files.isSymbolicLink(path) && broken.size() < MAX_BROKEN) {
        broken.add(path);
      }
    } catch (IOException e) {
      if (link && !(e instanceof AccessDeniedException)) {
        tailLog.ignore(path, "its symbolic link can't be followed: " + e.getMessage());
      } else {
        tailLog.unreadable(path.resolveSibling(""), e);
      }
    }
  }

  private void follow(Path path) throws IOException {
    LogPath log = LogPath.resolve(path);
    // Also of a path without a link at its end: a link may stand above it.
    if (!links.allows(log.real())) {
      tailLog.ignore(path, links.refusal(log.real()));
      return;
    }
    fileSet.follow(log);
    touched.add(log.real().getParent());
  }

  private void reconcile(long now) {
    for (Path folder : touched) {
      watch.watch(folder);
      Entries entries = list(folder);
      if (entries != null) {
        reconcile(folder, entries.names, now);
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
        List<String> after = entries(folder).names;
        if (Set.copyOf(after).equals(Set.copyOf(names)) && listing.holds()) {
          fileSet.reconcile(folder, listing, now);
          return;
        }
        names = after;
      } catch (IOException e) {
        tailLog.unreadable(folder, e);
        return;
      }
    }
    restless.add(folder);
  }

  /// What stands in a folder, nothing if it is gone, null if it can't be told.
  private @Nullable Entries list(Path folder) {
    Entries known = listings.get(folder);
    if (known != null) {
      return known;
    }
    try {
      Entries entries = entries(folder);
      listings.put(folder, entries);
      tailLog.readable(folder);
      return entries;
    } catch (IOException e) {
      tailLog.unreadable(folder, e);
      return null;
    }
  }

  private Entries entries(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    List<Path> unusable = new ArrayList<>();
    for (Path entry : lister.entries(folder)) {
      String name = entry.getFileName().toString();
      if (isUsable(folder, entry, name)) {
        names.add(name);
      } else {
        unusable.add(entry);
      }
    }
    return new Entries(names, unusable);
  }

  /// Whether a name leads back to its file, and can stand in a line of text.
  private static boolean isUsable(Path folder, Path entry, String name) {
    boolean ascii = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      ascii &= c < 0x80;
    }
    if (ascii) {
      return true;
    }
    try {
      return folder.resolve(name).equals(entry);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /// Asks the file system.
  static List<Path> inFileSystem(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      entries.clear();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }
}
