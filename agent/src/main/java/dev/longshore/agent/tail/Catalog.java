package dev.longshore.agent.tail;

import dev.longshore.agent.event.GenerationId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All logs and their generations, kept in step with what stands in the folders. Owned by the
/// reading thread.
///
/// A file is recognised by its inode as long as we hold it open, because an inode can't be given
/// away then; everything else by its first line.
final class Catalog {

  /// Added to the inode of a file without timestamps that begins again with the same line.
  private static final long SALT_STEP = 1L << 48;

  private final TailListener listener;
  private final TailMetrics metrics;
  private final Warnings warnings;
  private final Identification identification = new Identification();

  private final Map<Path, Map<String, Series>> folders = new LinkedHashMap<>();
  private final List<Series> all = new ArrayList<>();
  private final Map<FileKey, Generation> byKey = new HashMap<>();
  private final Map<GenerationId, Generation> byId = new HashMap<>();
  private final Map<Path, FileStatus> unreadable = new LinkedHashMap<>();
  private final Set<Path> refused = new HashSet<>();
  private boolean changed;

  Catalog(TailListener listener, TailMetrics metrics, Warnings warnings) {
    this.listener = listener;
    this.metrics = metrics;
    this.warnings = warnings;
  }

  Identification identification() {
    return identification;
  }

  List<Series> series() {
    return all;
  }

  Set<Path> folders() {
    return folders.keySet();
  }

  Collection<FileStatus> unreadable() {
    return unreadable.values();
  }

  /// Whether generations came or went since the last call.
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /// A name that a pattern matches leads to this log.
  void follow(LogPath log) {
    Path folder = log.real().resolveSibling("");
    String base = RotatedName.parse(log.real().getFileName().toString()).base();
    Map<String, Series> inFolder = folders.computeIfAbsent(folder, f -> new LinkedHashMap<>());
    if (!inFolder.containsKey(base)) {
      String known = RotatedName.parse(log.known().getFileName().toString()).base();
      Series series = new Series(folder, base, log.container(), log.known().resolveSibling(known));
      inFolder.put(base, series);
      all.add(series);
    }
  }

  /// Brings the logs of a folder in step with the names that stand in it.
  void reconcile(Path folder, List<String> names, long now) {
    Map<String, Series> logs = folders.get(folder);
    if (logs == null) {
      return;
    }
    unreadable.keySet().removeIf(path -> folder.equals(path.getParent()));
    List<Found> found;
    try {
      found = look(folder, names, logs);
    } catch (IOException e) {
      warnings.folder(folder, e);
      return;
    }
    Map<Generation, Map<FileKey, Found>> before = new HashMap<>();
    for (Series series : logs.values()) {
      for (Generation generation : series.generations()) {
        before.put(generation, Map.copyOf(generation.names));
        generation.names.clear();
      }
    }
    List<Found> strangers = new ArrayList<>();
    for (Found file : found) {
      Generation generation = byKey.get(file.key());
      if (generation == null || !recognises(generation, file, before, now)) {
        strangers.add(file);
      }
    }
    for (Found file : strangers) {
      Series series = logs.get(file.name().base());
      if (series != null) {
        adopt(series, file, now);
      }
    }
    for (Series series : List.copyOf(logs.values())) {
      settle(series, now);
      if (series.isEmpty()
          && found.stream().noneMatch(f -> f.name().base().equals(series.base()))) {
        logs.remove(series.base());
        all.remove(series);
      }
    }
    if (logs.isEmpty()) {
      folders.remove(folder);
    }
  }

  /// The files of the folder's logs: first the plain ones, so that a compressed one meets what it
  /// was made from; of each kind the oldest first.
  private static List<Found> look(Path folder, List<String> names, Map<String, Series> logs)
      throws IOException {
    List<Found> found = new ArrayList<>();
    Set<String> present = new HashSet<>(names);
    for (String text : names) {
      RotatedName name = RotatedName.parse(text);
      if (!logs.containsKey(name.base()) || RotatedName.ignored(text)) {
        continue;
      }
      if (name.gzip() && present.contains(name.plainName()) && !name.suffix().isEmpty()) {
        // Still being compressed, perhaps.
        continue;
      }
      try {
        Found file = Found.at(folder.resolve(text), LinkOption.NOFOLLOW_LINKS);
        if (file.regular()) {
          found.add(file);
        }
      } catch (NoSuchFileException e) {
        // It has vanished since the folder was listed.
      }
    }
    found.sort(
        Comparator.comparing((Found f) -> f.name().gzip())
            .thenComparing(Found::name, RotatedName.BY_AGE));
    return found;
  }

  /// Whether the file is what its inode says.
  private boolean recognises(
      Generation generation, Found file, Map<Generation, Map<FileKey, Found>> before, long now) {
    if (generation.isOpen() && generation.key.equals(file.key())) {
      boolean wasLive = generation.name.isLive();
      generation.sighted(file);
      if (wasLive && !file.name().isLive()) {
        metrics.rotated();
      }
      Found last = before.getOrDefault(generation, Map.of()).get(file.key());
      if (last == null || last.modifiedMillis() != file.modifiedMillis()) {
        cutUnseen(generation, now);
      }
      return true;
    }
    Found old = before.getOrDefault(generation, Map.of()).get(file.key());
    boolean same =
        old != null
            && old.path().equals(file.path())
            && old.sizeBytes() == file.sizeBytes()
            && old.modifiedMillis() == file.modifiedMillis();
    if (!same && !beginsAlike(generation, file)) {
      byKey.remove(file.key());
      return false;
    }
    generation.sighted(file);
    if (generation.phase == Generation.Phase.CLOSED && !file.name().gzip()) {
      late(generation, file.sizeBytes());
    }
    return true;
  }

  /// A file that was cut and has grown to the same size again shows it by its first line alone.
  private void cutUnseen(Generation generation, long now) {
    FirstLine line = generation.firstLine;
    if (generation.phase == Generation.Phase.READING
        && line != null
        && generation.source instanceof PlainSource source) {
      try {
        if (!identification.unchanged(source, line)) {
          cut(generation, now);
        }
      } catch (IOException e) {
        // Reading will meet it too, and says so.
        generation.dueNanos = now;
      }
    }
  }

  private boolean beginsAlike(Generation generation, Found file) {
    FirstLine line = generation.firstLine;
    if (line == null) {
      return false;
    }
    try (Source source = open(file)) {
      return identification.unchanged(source, line);
    } catch (IOException e) {
      return false;
    }
  }

  /// Bytes that came after the file was closed are not read.
  private void late(Generation generation, long sizeBytes) {
    long bytes = sizeBytes - generation.sizeBytes();
    if (bytes > 0) {
      generation.sizeBytes(sizeBytes);
      // Accounted for here, so no longer when it is gone.
      generation.readOffset(generation.readOffset() + bytes);
      metrics.lost(bytes);
      listener.lost(generation.identified(), bytes);
    }
  }

  private void adopt(Series series, Found file, long now) {
    Source source;
    try {
      source = open(file);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      refuse(series, file, e);
      return;
    }
    Generation generation = new Generation(series, file, now);
    generation.source = source;
    if (!file.name().gzip() && file.sizeBytes() == 0 && !file.name().isLive()) {
      generation.close();
      return;
    }
    byKey.put(file.key(), generation);
    series.insert(generation);
    changed = true;
    try {
      // A compressed file is complete: an unterminated first line is all there is.
      boolean known = identify(generation, file.name().gzip());
      if (!known && file.name().gzip()) {
        forget(generation);
      }
    } catch (IOException e) {
      forget(generation);
      refuse(series, file, e);
    }
  }

  /// Opens a file, and makes sure that the name still leads to the one that was found.
  private static Source open(Found file) throws IOException {
    Source source;
    try {
      source = file.name().gzip() ? new GzipSource(file.path()) : new PlainSource(file.path());
    } catch (FileNotFoundException e) {
      // Says whether it has vanished, or else why it can't be opened.
      Found.at(file.path());
      throw e;
    }
    try {
      if (!Found.at(file.path()).key().equals(file.key())) {
        throw new NoSuchFileException(file.path() + " was replaced meanwhile");
      }
      return source;
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  private void refuse(Series series, Found file, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    unreadable.put(
        file.path(),
        new FileStatus(
            file.path(),
            null,
            series.container(),
            file.sizeBytes(),
            0,
            file.sizeBytes(),
            FileStatus.State.UNREADABLE,
            reason,
            file.key().inode()));
    warnings.refused(series, file, reason);
  }

  /// Looks for the first line of a generation that has none yet.
  ///
  /// @param force whether an incomplete one will do
  /// @return whether it is known now; it may have turned out to be one that was known already
  boolean identify(Generation generation, boolean force) throws IOException {
    Source source = generation.openSource();
    generation.textFrom = identification.skipNul(source, generation.textFrom);
    FirstLine line = identification.firstLine(source, generation.textFrom, force);
    if (line == null) {
      return false;
    }
    Generation same = sameAs(generation, line);
    if (same != null) {
      merge(generation, same);
      return true;
    }
    long salt = generation.key.inode();
    GenerationId id = line.id(generation.series().folder().toString(), salt);
    while (byId.containsKey(id)) {
      salt += SALT_STEP;
      id = line.id(generation.series().folder().toString(), salt);
    }
    TailedFile file = new TailedFile(id, line.format(), line.timestampNanos(), generation);
    generation.firstLine = line;
    generation.sizeBytes(source.sizeBytes());
    generation.file = file;
    generation.phase = Generation.Phase.READING;
    byId.put(id, generation);
    generation.series().remove(generation);
    generation.series().insert(generation);
    changed = true;
    long resumeAt = listener.opened(file);
    if (!generation.name.gzip()) {
      resumeAt = Math.min(resumeAt, generation.sizeBytes());
    }
    generation.readOffset(Math.max(resumeAt, line.offset()));
    if (source instanceof GzipSource gzip) {
      gzip.rest();
    }
    generation.rewound = false;
    return true;
  }

  /// The generation whose bytes this file holds too: as a copy, or compressed.
  private @Nullable Generation sameAs(Generation generation, FirstLine line) {
    if (line.hasTimestamp()) {
      return byId.get(line.id(generation.series().folder().toString(), 0));
    }
    if (generation.name.isLive()) {
      return null;
    }
    for (Generation other : generation.series().generations()) {
      FirstLine otherLine = other.firstLine;
      if (other == generation || otherLine == null || !otherLine.sameAs(line)) {
        continue;
      }
      boolean nameless = other.names.isEmpty();
      boolean copied = !generation.name.gzip() && other.name.isLive() && !nameless;
      if (generation.name.gzip() ? nameless : copied || other.cutAway) {
        return other;
      }
    }
    return null;
  }

  private void merge(Generation copy, Generation same) {
    Found name = copy.names.get(copy.key);
    long sizeBytes = copy.sizeBytes();
    try {
      sizeBytes = copy.openSource().sizeBytes();
    } catch (IOException e) {
      warnings.trouble(copy);
    }
    copy.close();
    copy.series().remove(copy);
    changed = true;
    byKey.put(copy.key, same);
    if (name != null) {
      same.sighted(name);
    }
    if (same.phase == Generation.Phase.CLOSED && !same.cutAway) {
      late(same, sizeBytes);
    }
  }

  /// What follows from the listing as a whole.
  private static void settle(Series series, long now) {
    List<Generation> generations = series.generations();
    for (int i = 0; i < generations.size(); i++) {
      Generation generation = generations.get(i);
      if (generation.names.isEmpty()) {
        generation.missed(now);
      }
      if (i < generations.size() - 1 && generation.successorSinceNanos == Generation.NEVER) {
        generation.successorSinceNanos = now;
        generation.settled = !generation.met;
      }
      generation.met = true;
    }
  }

  /// The file was cut: what it held is no longer there, and what comes is a new generation.
  void cut(Generation generation, long now) {
    metrics.truncated();
    Found name = generation.names.remove(generation.key);
    if (name == null) {
      name = new Found(generation.path, generation.name, generation.key, 0, 0, true);
    }
    Generation next = new Generation(generation.series(), name, now);
    next.source = generation.source;
    next.sizeBytes(0);
    generation.source = null;
    generation.cutAway = true;
    generation.missingScans = 0;
    generation.dueNanos = now;
    byKey.put(next.key, next);
    generation.series().insertAfter(generation, next);
    changed = true;
  }

  /// Opens another file that holds the generation's bytes.
  ///
  /// @return whether there is one
  boolean reopen(Generation generation) throws IOException {
    FirstLine line = generation.firstLineOf();
    for (Found name : List.copyOf(generation.names.values())) {
      Source source;
      try {
        source = open(name);
      } catch (NoSuchFileException e) {
        continue;
      }
      if (identification.unchanged(source, line)) {
        generation.source = source;
        generation.key = name.key();
        generation.path = name.path();
        generation.name = name.name();
        generation.offeredEnd = 0;
        changed = true;
        return true;
      }
      source.close();
    }
    return false;
  }

  /// Drops all that is known of a generation.
  void forget(Generation generation) {
    generation.close();
    generation.series().remove(generation);
    byKey.values().removeIf(other -> other == generation);
    TailedFile file = generation.file;
    if (file != null) {
      byId.remove(file.id(), generation);
    }
    changed = true;
  }

  /// Warns once about something that is named like a log and is none.
  void refuseKind(Path path) {
    if (refused.add(path)) {
      warnings.odd(path);
    }
  }

  /// Forgets warnings about what is no longer there.
  void retainRefused(Set<Path> present) {
    refused.retainAll(present);
  }

  void close() {
    for (Series series : all) {
      for (Generation generation : series.generations()) {
        generation.close();
      }
    }
  }
}
