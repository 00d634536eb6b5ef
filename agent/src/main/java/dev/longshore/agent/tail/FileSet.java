package dev.longshore.agent.tail;

import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All logs and their generations, kept in step with what stands in the folders. Owned by the
/// reading thread.
///
/// A file is recognised by its inode as long as we hold it open, because an inode can't be given
/// away then; everything else by its first line.
final class FileSet {

  private final List<FileEvent> events;
  private final TailMetrics metrics;
  private final TailLog tailLog;
  private final Identification identification = new Identification();

  private final Map<Path, Map<String, RotationSet>> folders = new LinkedHashMap<>();
  private final Set<RotationSet> all = new LinkedHashSet<>();
  private final GenerationIndex index;
  private final EmptyArchives emptyArchives;

  private final FileOpener opener;
  private boolean changed;

  /// @param events takes what is to be told
  FileSet(
      Checkpoints checkpoints,
      FileOpener opener,
      List<FileEvent> events,
      TailMetrics metrics,
      TailLog tailLog) {
    this.opener = opener;
    this.index = new GenerationIndex(checkpoints, identification, opener, metrics, tailLog);
    this.events = events;
    this.metrics = metrics;
    this.tailLog = tailLog;
    this.emptyArchives = new EmptyArchives(tailLog);
  }

  Identification identification() {
    return identification;
  }

  /// Whether no log is followed.
  boolean isEmpty() {
    return all.isEmpty();
  }

  Collection<RotationSet> rotationSets() {
    return all;
  }

  Set<Path> folders() {
    return folders.keySet();
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
    Map<String, RotationSet> inFolder = folders.computeIfAbsent(folder, f -> new LinkedHashMap<>());
    if (!inFolder.containsKey(base)) {
      String known = RotatedName.parse(log.known().getFileName().toString()).base();
      RotationSet rotationSet =
          new RotationSet(folder, base, log.container(), log.known().resolveSibling(known));
      inFolder.put(base, rotationSet);
      all.add(rotationSet);
    }
  }

  /// The live names of the logs that are followed in a folder.
  Set<String> logsIn(Path folder) {
    return folders.getOrDefault(folder, Map.of()).keySet();
  }

  /// Brings the logs of a folder in step with what stands in it.
  void reconcile(Path folder, Listing found, long now) {
    Map<String, RotationSet> logs = folders.get(folder);
    if (logs == null) {
      return;
    }
    tailLog.forget(folder);
    Map<Generation, Map<FoundFile.Key, FoundFile>> before = new HashMap<>();
    for (RotationSet rotationSet : logs.values()) {
      rotationSet.scanBegins();
      for (Generation generation : rotationSet.generations()) {
        before.put(generation, Map.copyOf(generation.names));
        generation.names.clear();
      }
    }
    List<FoundFile> strangers = new ArrayList<>();
    emptyArchives.retain(folder, found);
    for (FoundFile file : found.files()) {
      if (emptyArchives.contains(file)) {
        continue;
      }
      Generation generation = index.find(file.key());
      if (generation == null || !recognises(generation, file, before, now)) {
        strangers.add(file);
      }
    }
    found.unasked().forEach((path, cause) -> unasked(path, cause, logs, before));
    for (FoundFile file : strangers) {
      RotationSet rotationSet = logs.get(file.name().base());
      if (rotationSet != null) {
        adopt(rotationSet, file, now);
      }
    }
    Set<String> present = found.logs();
    for (RotationSet rotationSet : List.copyOf(logs.values())) {
      rotationSet.scanEnds();
      settle(rotationSet, now);
      if (rotationSet.isEmpty() && !present.contains(rotationSet.base())) {
        logs.remove(rotationSet.base());
        all.remove(rotationSet);
      }
    }
    if (logs.isEmpty()) {
      folders.remove(folder);
    }
  }

  /// A file that can't be asked what it is is taken for what it was, and shown as unreadable.
  private void unasked(
      Path path,
      IOException cause,
      Map<String, RotationSet> logs,
      Map<Generation, Map<FoundFile.Key, FoundFile>> before) {
    RotationSet rotationSet = logs.get(RotatedName.parse(path.getFileName().toString()).base());
    if (rotationSet == null) {
      return;
    }
    FoundFile shown = FoundFile.unasked(path);
    for (Generation generation : rotationSet.generations()) {
      for (FoundFile known : before.getOrDefault(generation, Map.of()).values()) {
        if (known.path().equals(path)) {
          generation.sighted(known.unverified());
          shown = known;
        }
      }
    }
    unopened(rotationSet, shown, cause);
  }

  /// Whether the file is what its inode says.
  private boolean recognises(
      Generation generation,
      FoundFile file,
      Map<Generation, Map<FoundFile.Key, FoundFile>> before,
      long now) {
    if (generation.isOpen() && generation.key.equals(file.key())) {
      boolean wasLive = generation.name.isLive();
      generation.sighted(file);
      if (wasLive && !file.name().isLive()) {
        metrics.rotated();
      }
      FoundFile last = before.getOrDefault(generation, Map.of()).get(file.key());
      boolean moved = last == null || last.changedNanos() != file.changedNanos();
      if (moved || generation.lookAgain) {
        cutUnseen(generation, now);
      }
      // What happens in the same tick of the file system's clock leaves its time as it is.
      generation.lookAgain = moved;
      return true;
    }
    FoundFile old = before.getOrDefault(generation, Map.of()).get(file.key());
    boolean same =
        old != null
            && old.path().equals(file.path())
            && old.sizeBytes() == file.sizeBytes()
            && old.changedNanos() == file.changedNanos();
    FoundFile sighted = file;
    try {
      if (!same && !beginsAlike(generation, file)) {
        index.remove(file.key());
        return false;
      }
    } catch (IOException e) {
      // Its inode says what it is, and nothing else says that it is not. Were it taken for another
      // file, all that was read of it would be read once more when it can be opened again.
      tailLog.unreadable(generation.rotationSet(), file, String.valueOf(e.getMessage()));
      sighted = file.unverified();
    }
    generation.sighted(sighted);
    if (generation.phase == Generation.Phase.CLOSED && !file.name().gzip()) {
      late(generation, file.sizeBytes());
    }
    return true;
  }

  /// A file that was cut and has grown to the same size again shows it by its first line alone.
  private void cutUnseen(Generation generation, long now) {
    if (generation.phase == Generation.Phase.READING
        && generation.isIdentified()
        && generation.source instanceof PlainSource source) {
      try {
        if (!identification.unchanged(source, generation)) {
          cut(generation, now);
        }
      } catch (IOException e) {
        // RotationReader will meet it too, and says so.
        generation.dueNanos = now;
      }
    }
  }

  /// @throws IOException when that can't be told now
  private boolean beginsAlike(Generation generation, FoundFile file) throws IOException {
    FirstLine line = generation.firstLine;
    if (line == null) {
      return false;
    }
    try (Source source = opener.open(file)) {
      return identification.unchanged(source, line);
    } catch (NoSuchFileException e) {
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
      events.add(new FileEvent.Lost(generation.identified(), bytes));
    }
  }

  private void adopt(RotationSet rotationSet, FoundFile file, long now) {
    Source source;
    try {
      source = opener.open(file);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      unopened(rotationSet, file, e);
      return;
    }
    Generation generation = new Generation(rotationSet, file, now);
    generation.source = source;
    if (!file.name().gzip() && file.sizeBytes() == 0 && !file.name().isLive()) {
      generation.close();
      return;
    }
    index.add(file.key(), generation);
    rotationSet.insert(generation);
    changed = true;
    try {
      identify(generation, false);
      if (generation.source instanceof GzipSource gzip) {
        gzip.rest();
      }
    } catch (IOException e) {
      forget(generation);
      unopened(rotationSet, file, e);
    }
  }

  private void unopened(RotationSet rotationSet, FoundFile file, IOException cause) {
    rotationSet.unopened();
    tailLog.unreadable(rotationSet, file, String.valueOf(cause.getMessage()));
  }

  /// Looks for the first line of a generation that has none yet.
  ///
  /// @param force whether an incomplete one will do
  /// @return whether it is known now; it may have turned out to be one that was known already
  boolean identify(Generation generation, boolean force) throws IOException {
    Source source = generation.openSource();
    EarlierReadings begun = generation.earlier;
    if (begun != null) {
      return begun.compare(source, identification) && identify(generation, begun.line(), source);
    }
    Identification.Start start = identification.skipNul(source, generation.textFrom);
    generation.textFrom = start.offset();
    generation.textKnown = start.complete();
    if (!generation.textKnown) {
      return false;
    }
    // A compressed file is complete: an unterminated first line is all there is.
    boolean whole = force || source instanceof GzipSource;
    FirstLine line = identification.firstLine(source, generation.textFrom, whole);
    if (line == null) {
      if (source instanceof GzipSource gzip) {
        passOver(generation, gzip);
      }
      return false;
    }
    Generation same = index.sameAs(generation, line);
    if (same != null) {
      merge(generation, same, line);
      return true;
    }
    generation.earlier = index.earlierReadings(generation, line, source);
    return generation.earlier == null && identify(generation, line, source);
  }

  private boolean identify(Generation generation, FirstLine line, Source source)
      throws IOException {
    Generation holder = index.holderOf(generation.earlier);
    if (holder != null) {
      merge(generation, holder, line);
      return true;
    }
    GenerationIndex.Identity identity = index.identity(generation, line, source);
    Position resume = identity.resume();
    generation.sizeBytes(source.sizeBytes());
    if (source instanceof GzipSource gzip) {
      generation.readOffset(resume.resumeAt());
      gzip.rest();
    } else {
      long resumeAt = Math.min(resume.resumeAt(), generation.sizeBytes());
      generation.readOffset(Math.max(resumeAt, line.offset()));
      generation.lastRead = identification.beforeIfReadable(source, generation.readOffset());
    }
    TailedFile file = new TailedFile(identity, line, generation);
    generation.firstLine = line;
    generation.file = file;
    generation.phase = Generation.Phase.READING;
    index.add(resume.generation(), generation);
    generation.rotationSet().remove(generation);
    generation.rotationSet().insert(generation);
    if (file.isUtf16()) {
      metrics.utf16();
      tailLog.utf16(generation);
    }
    changed = true;
    events.add(new FileEvent.Appeared(file, resume));
    return true;
  }

  /// A compressed file holds no line. It is not opened again before it changes.
  private void passOver(Generation generation, GzipSource source) throws IOException {
    FoundFile found = generation.names.get(generation.key);
    if (found != null) {
      emptyArchives.add(found);
    }
    if (source.isDamaged()) {
      damaged(generation, source);
    }
    forget(generation);
  }

  /// A compressed file is read up to where it is damaged; the rest is lost.
  void damaged(Generation generation, GzipSource source) throws IOException {
    long unreadableBytes = source.unreadableBytes();
    metrics.damaged();
    metrics.lost(unreadableBytes);
    tailLog.damaged(generation, unreadableBytes);
    if (unreadableBytes > 0 && generation.isIdentified()) {
      events.add(new FileEvent.Lost(generation.identified(), unreadableBytes));
    }
  }

  private void merge(Generation copy, Generation same, FirstLine line) {
    FoundFile name = copy.names.get(copy.key);
    long sizeBytes = copy.sizeBytes();
    try {
      sizeBytes = copy.openSource().sizeBytes();
    } catch (IOException e) {
      tailLog.trouble(copy);
    }
    copy.close();
    copy.rotationSet().remove(copy);
    changed = true;
    index.add(copy.key, same);
    if (name != null) {
      if (same.names.isEmpty()) {
        same.rotationSet().foundAgain();
      }
      same.sighted(name);
    }
    if (!line.hasTimestamp() && same.isIdentified()) {
      String folder = copy.rotationSet().folder().toString();
      events.add(new FileEvent.Copied(same.identified(), line.id(folder, copy.key.inode(), 0)));
    }
    if (same.phase == Generation.Phase.CLOSED && !same.cutAway) {
      late(same, sizeBytes);
    }
  }

  /// What follows from the listing as a whole.
  private static void settle(RotationSet rotationSet, long now) {
    List<Generation> generations = rotationSet.generations();
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
    FoundFile name = generation.names.remove(generation.key);
    if (name == null) {
      name = new FoundFile(generation.path, generation.name, generation.key, 0, 0, true);
    }
    Generation next = new Generation(generation.rotationSet(), name, now);
    next.source = generation.source;
    next.sizeBytes(0);
    generation.source = null;
    generation.cutAway = true;
    generation.missingScans = 0;
    generation.dueNanos = now;
    index.add(next.key, next);
    generation.rotationSet().insertAfter(generation, next);
    changed = true;
  }

  /// Opens another file that holds the generation's bytes.
  ///
  /// @return whether there is one
  boolean reopen(Generation generation) throws IOException {
    FirstLine line = generation.firstLineOf();
    for (FoundFile name : List.copyOf(generation.names.values())) {
      Source source;
      try {
        source = opener.open(name);
      } catch (NoSuchFileException e) {
        continue;
      }
      if (holds(source, line)) {
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

  private boolean holds(Source source, FirstLine line) throws IOException {
    try {
      return identification.unchanged(source, line);
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  /// Drops all that is known of a generation.
  void forget(Generation generation) {
    generation.close();
    generation.rotationSet().remove(generation);
    index.remove(generation);
    changed = true;
  }

  void close() {
    for (RotationSet rotationSet : all) {
      for (Generation generation : rotationSet.generations()) {
        generation.close();
      }
    }
  }
}
