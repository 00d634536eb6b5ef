package dev.longshore.e2e.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A container that writes records at a changing pace, is restarted, and has its logs rotated.
/// Owned by the node's thread, but for the book's count and the list of generations.
final class TorturedContainer {
  private static final long PACE_MILLIS = 3_000;
  private static final double[] PACES = {0, 0.3, 0.5, 1, 1, 1.5, 2.7};

  /// What it falls behind at most, when the machine is busy.
  private static final double MOST_OWED = 3_000;

  /// What one visit writes at most.
  private static final int MOST_PIECES = 150;

  private final Place place;
  private final SplittableRandom random;
  private final SplittableRandom pace;
  private final RecordSource source;
  private final LineBook book = new LineBook();
  private final List<Generation> generations = new CopyOnWriteArrayList<>();
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private final int[] records = new int[2];
  private final List<LogSeries> ended = new ArrayList<>();
  private final SkewedClock clock;
  private final LongSupplier runMillis;
  private final Consumer<Generation> registry;
  private LogSeries log;
  private @Nullable LogSeries previous;
  private int instance;
  private double owed;
  private double factor = 1;
  private long paceEndsMillis;
  private long lastMillis = -1;
  private long lastEpochMillis;
  private int sameMilli;

  /// Where it is, and how it writes.
  ///
  /// @param folder the container's folder below the pod's
  /// @param dockerFolder where Docker keeps its logs; the CRI's format is used where it is empty
  /// @param perSecond records on average
  /// @param rotateBytes from which size its file is rotated
  /// @param maxFiles how many of them are kept
  record Place(
      String pod,
      String name,
      Path folder,
      Path dockerFolder,
      double perSecond,
      long rotateBytes,
      int maxFiles) {
    boolean docker() {
      return !dockerFolder.toString().isEmpty();
    }

    String key() {
      return pod + "/" + name;
    }
  }

  /// @param registry to which each generation is added when it has an identity
  TorturedContainer(
      Place place,
      long seed,
      SkewedClock clock,
      LongSupplier runMillis,
      Consumer<Generation> registry)
      throws IOException {
    this.place = place;
    SplittableRandom seeded = new SplittableRandom(seed);
    this.source = new RecordSource(seeded.split(), place.docker());
    this.pace = seeded.split();
    this.random = seeded.split();
    this.clock = clock;
    this.runMillis = runMillis;
    this.registry = registry;
    this.log = newSeries();
  }

  private LogSeries newSeries() throws IOException {
    String file = instance + ".log";
    if (place.docker()) {
      Path folder = place.dockerFolder().resolve(place.pod() + "-" + place.name() + "-" + instance);
      return new DockerSeries(
          this,
          folder.resolve("c" + instance + "-json.log"),
          place.folder().resolve(file),
          place.maxFiles());
    }
    return new CriSeries(this, place.folder().resolve(file), place.maxFiles());
  }

  Place place() {
    return place;
  }

  LineBook book() {
    return book;
  }

  SplittableRandom random() {
    return random;
  }

  long nowMillis() {
    return runMillis.getAsLong();
  }

  long epochMillis() {
    return clock.epochMillis();
  }

  /// All generations that it ever had.
  List<Generation> generations() {
    return generations;
  }

  Generation newGeneration(Path path) {
    Generation generation = new Generation(generations.size(), path);
    generations.add(generation);
    return generation;
  }

  void begun(Generation generation) {
    registry.accept(generation);
  }

  /// Owes that many records more.
  void burst(int count) {
    owed += count;
  }

  /// Writes what is due, and rotates.
  void visit(Predicate<Generation> mayDelete) throws IOException {
    long now = nowMillis();
    if (lastMillis >= 0 && owed < MOST_OWED) {
      owed += place.perSecond() * factor * (now - lastMillis) / 1000.0;
    }
    lastMillis = now;
    if (now >= paceEndsMillis) {
      factor = PACES[pace.nextInt(PACES.length)];
      paceEndsMillis = now + PACE_MILLIS;
    }
    log.continueRotation();
    if (log.hasRest()) {
      log.flush();
      book().written(nowMillis());
    }
    int written = 0;
    while (written < MOST_PIECES && !log.hasRest() && (owed >= 1 || !pieces.isEmpty())) {
      if (pieces.isEmpty()) {
        begin();
      }
      writeNext(random.nextInt(400) == 0);
      written++;
      if (!log.hasRest() && log.current().bytes >= place.rotateBytes()) {
        log.rotate(mayDelete);
      }
      if (random.nextInt(200) == 0) {
        // The rest of a record may come at another time.
        break;
      }
    }
    ended.removeIf(series -> isDeleted(series, mayDelete));
  }

  private void begin() {
    owed -= 1;
    pieces.addAll(source.next(book.lines()));
    records[0] = book.newRecord();
    records[1] = pieces.stream().anyMatch(it -> it.record() == 1) ? book.newRecord() : -1;
  }

  private void writeNext(boolean inHalves) throws IOException {
    Piece piece = pieces.removeFirst();
    log.write(piece, records[piece.record()], epochNanos(), inHalves, nowMillis());
    book().written(nowMillis());
  }

  /// The runtime still has the renamed file open for a moment.
  void writeLate() throws IOException {
    for (int i = random.nextInt(4); i > 0; i--) {
      if (pieces.isEmpty()) {
        begin();
      }
      writeNext(false);
    }
  }

  /// Different for each line.
  private long epochNanos() {
    long millis = clock.epochMillis();
    sameMilli = millis == lastEpochMillis ? sameMilli + 1 : 0;
    lastEpochMillis = millis;
    return millis * 1_000_000 + sameMilli * 1_000L + random.nextInt(1_000);
  }

  private boolean isDeleted(LogSeries series, Predicate<Generation> mayDelete) {
    try {
      return series.delete(mayDelete, nowMillis());
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + series.live(), e);
    }
  }

  /// Ends this instance and begins the next. The logs of the one before it are deleted.
  void restart() throws IOException {
    finish();
    LogSeries old = log;
    instance++;
    log = newSeries();
    LogSeries before = previous;
    if (before != null) {
      ended.add(before);
    }
    previous = old;
  }

  /// Writes what is begun, and no more.
  void finish() throws IOException {
    if (log.hasRest()) {
      log.flush();
      book().written(nowMillis());
    }
    while (!pieces.isEmpty()) {
      writeNext(false);
    }
    log.continueRotation();
    log.close();
  }

  /// Deletes all files, as far as they may be deleted.
  ///
  /// @return whether none is left
  boolean delete(Predicate<Generation> mayDelete) {
    boolean gone = isDeleted(log, mayDelete);
    LogSeries before = previous;
    if (before != null) {
      gone &= isDeleted(before, mayDelete);
    }
    ended.removeIf(series -> isDeleted(series, mayDelete));
    return gone && ended.isEmpty();
  }
}
