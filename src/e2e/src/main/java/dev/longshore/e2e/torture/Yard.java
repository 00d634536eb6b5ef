package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.PodServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The node: pods whose containers write, and the kubelet that rotates and deletes their logs. One
/// thread does all of it; what others ask for is done between two of its rounds.
final class Yard implements AutoCloseable {
  static final String DATASET = "yard.crane";
  private static final Duration ROUND = Duration.ofMillis(20);

  private final Path folder;
  private final PodServer server;
  private final SkewedClock clock;
  private final EventLog events;
  private final Deletion deletion;
  private final double linesPerSecond;
  private final SplittableRandom random;
  private final List<TorturedContainer> all = new CopyOnWriteArrayList<>();
  private final Map<String, Generation> generations = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("yard").unstarted(this::run);

  /// Guarded by this.
  private final List<TorturedPod> pods = new ArrayList<>();

  /// Guarded by this.
  private int podsMade;

  private volatile boolean writing;
  private volatile @Nullable Throwable failure;

  /// Which files the kubelet may delete at the moment.
  interface Deletion {
    boolean allows(Generation generation);
  }

  /// @param folder real path, in which the folders of pods and of Docker are made
  Yard(
      Path folder,
      PodServer server,
      SkewedClock clock,
      EventLog events,
      Deletion deletion,
      double linesPerSecond,
      long seed) {
    this.folder = folder;
    this.server = server;
    this.clock = clock;
    this.events = events;
    this.deletion = deletion;
    this.linesPerSecond = linesPerSecond;
    this.random = new SplittableRandom(seed);
  }

  Path pattern() {
    return folder.resolve("pods/*/*/*.log");
  }

  /// Where Docker keeps the logs to which links in the pods' folders lead.
  Path dockerFolder() {
    return folder.resolve("docker");
  }

  void start(int podCount) throws IOException {
    synchronized (this) {
      for (int i = 0; i < podCount; i++) {
        place(i, podCount);
      }
    }
    writing = true;
    thread.start();
  }

  private void place(int slot, int slots) throws IOException {
    boolean loud = slot % 4 == 0;
    boolean docker = slot % 4 == 3;
    List<String> names = slot % 2 == 0 ? List.of("crane", "proxy") : List.of("crane");
    String name = "stevedore-" + slot + "-" + podsMade++;
    String uid = server.create(TorturedPod.object(name, names, slot % 3 == 1 ? DATASET : ""));
    Path podFolder = folder.resolve("pods").resolve(TorturedPod.NAMESPACE + "_" + name + "_" + uid);
    TorturedPod pod = new TorturedPod(name, podFolder);
    // A quarter of the pods writes two thirds of all.
    double share =
        loud
            ? linesPerSecond * 0.66 / Math.ceil(slots / 4.0)
            : linesPerSecond * 0.34 / (slots * 0.75);
    for (String container : names) {
      all.add(
          add(
              pod,
              new TorturedContainer.Place(
                  name,
                  container,
                  podFolder.resolve(container),
                  docker ? dockerFolder() : Path.of(""),
                  // Half as many records as lines, about.
                  share / names.size() / 1.4,
                  random.nextLong(loud ? 96 : 16, loud ? 320 : 96) << 10,
                  random.nextInt(3, 6))));
    }
    pods.add(pod);
  }

  private TorturedContainer add(TorturedPod pod, TorturedContainer.Place place) throws IOException {
    TorturedContainer container =
        new TorturedContainer(place, random.nextLong(), clock, events::nowMillis, this::register);
    pod.containers().add(container);
    return container;
  }

  private void register(Generation generation) {
    String id = generation.id;
    if (id != null) {
      generations.put(id, generation);
    }
  }

  /// The generation that the agent knows by this id; null when the yard never wrote it.
  @Nullable Generation generation(String id) {
    return generations.get(id);
  }

  /// Returns when what was begun before is done.
  synchronized void barrier() {}

  private void run() {
    Clock machine = Clock.system();
    try {
      while (writing) {
        synchronized (this) {
          for (TorturedPod pod : pods) {
            if (!pod.isEnding()) {
              for (TorturedContainer container : pod.containers()) {
                container.visit(deletion::allows);
              }
            }
          }
          for (TorturedPod pod : List.copyOf(pods)) {
            if (pod.isEnding() && pod.delete(deletion::allows)) {
              events.add("the logs of pod %s are deleted", pod.name());
              pods.remove(pod);
            }
          }
        }
        machine.sleep(ROUND);
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Deletes a pod, and puts another in its place.
  ///
  /// @param pick any number, which decides which one
  synchronized void replacePod(long pick) throws IOException {
    List<TorturedPod> running = pods.stream().filter(it -> !it.isEnding()).toList();
    TorturedPod pod = running.get((int) Long.remainderUnsigned(pick, running.size()));
    server.delete(TorturedPod.NAMESPACE, pod.name());
    pod.end();
    int slot = Integer.parseInt(pod.name().split("-", -1)[1]);
    place(slot, running.size());
    events.add("pod %s is deleted, with what is unread", pod.name());
  }

  /// Restarts a container of some pod.
  synchronized void restartContainer(long pick) throws IOException {
    TorturedContainer container = pick(pick, false);
    container.restart();
    events.add("container %s begins a new log", container.place().key());
  }

  /// Has a container write much at once.
  synchronized void burst(long pick, int records) {
    TorturedContainer container = pick(pick, true);
    container.burst(records);
    events.add("container %s writes %d records at once", container.place().key(), records);
  }

  private TorturedContainer pick(long pick, boolean cri) {
    List<TorturedContainer> running =
        pods.stream()
            .filter(it -> !it.isEnding())
            .flatMap(it -> it.containers().stream())
            .filter(it -> !cri || !it.place().docker())
            .toList();
    return running.get((int) Long.remainderUnsigned(pick, running.size()));
  }

  /// All containers that there ever were.
  List<TorturedContainer> containers() {
    return all;
  }

  long lines() {
    long lines = 0;
    for (TorturedContainer container : all) {
      lines += container.book().lines();
    }
    return lines;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  /// Ends all writing, each record complete; the files stay.
  void stop() throws IOException, InterruptedException {
    writing = false;
    thread.join();
    synchronized (this) {
      for (TorturedPod pod : pods) {
        if (!pod.isEnding()) {
          for (TorturedContainer container : pod.containers()) {
            container.finish();
          }
        }
      }
    }
    Throwable failed = failure;
    if (failed != null) {
      throw new IOException("the yard failed: " + failed, failed);
    }
  }

  @Override
  public void close() {
    writing = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Throwable failed = failure;
    if (failed != null) {
      events.add("the yard failed: %s", failed);
    }
  }
}
