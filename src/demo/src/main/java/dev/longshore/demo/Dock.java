package dev.longshore.demo;

import dev.longshore.testkit.PodServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The dock: containers that write logs side by side, and a job each few seconds that prints a
/// handful of lines and is gone within a second.
final class Dock implements AutoCloseable {
  /// Small, so that a short demo sees several rotations of the loud ones.
  private static final long ROTATE_BYTES = 1 << 20;

  private static final long JOB_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int JOB_RECORDS = 5;

  private final Path pods;
  private final PodServer server;
  private final List<DockContainer> containers = new CopyOnWriteArrayList<>();
  private final List<Thread> writers = new CopyOnWriteArrayList<>();
  private volatile boolean writing;

  /// @param pods folder that stands for `/var/log/pods`
  Dock(Path pods, PodServer server) {
    this.pods = pods;
    this.server = server;
  }

  /// Starts all long-lived containers, and the jobs.
  ///
  /// @param burst when those that can fail do nothing else
  void start(Burst burst) throws IOException {
    writing = true;
    for (Workload workload : Workload.values()) {
      if (workload == Workload.REPORT) {
        continue;
      }
      DockContainer container = place(workload, workload.pod);
      writers.add(
          Thread.ofPlatform()
              .name("dock-" + workload.container)
              .start(() -> run(container, burst)));
    }
    writers.add(Thread.ofPlatform().name("dock-jobs").start(this::runJobs));
  }

  private DockContainer place(Workload workload, String pod) throws IOException {
    String hash = UUID.randomUUID().toString().replace("-", "");
    String created = server.create(Pods.of(workload, pod, hash));
    // The path of a static pod has its configuration's hash where others have the pod's uid.
    String uid = workload == Workload.ETCD ? hash : created;
    DockContainer container =
        new DockContainer(workload, pod, uid, pods, ROTATE_BYTES, containers.size());
    containers.add(container);
    return container;
  }

  private void run(DockContainer container, Burst burst) {
    int perSecond = container.workload().recordsPerSecond;
    long start = System.nanoTime();
    while (writing) {
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      long due = elapsed.toNanos() * perSecond / TimeUnit.SECONDS.toNanos(1);
      boolean failing = burst.at(elapsed);
      while (container.records() < due) {
        if (failing) {
          container.fail();
        } else {
          container.write();
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private void runJobs() {
    long next = System.nanoTime();
    int run = 0;
    while (writing) {
      if (System.nanoTime() - next >= 0) {
        try (DockContainer job =
            place(
                Workload.REPORT,
                Workload.REPORT.pod + "-" + Integer.toString(46_656 + run++, 36))) {
          for (int i = 0; i < JOB_RECORDS; i++) {
            job.write();
          }
        } catch (IOException e) {
          throw new UncheckedIOException("the dock can't start its job", e);
        }
        next += JOB_EVERY_NANOS;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /// All containers so far, jobs included.
  List<DockContainer> containers() {
    return List.copyOf(containers);
  }

  /// Stops all writing; the logs stay where they are.
  void stop() {
    writing = false;
    for (Thread writer : writers) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    for (DockContainer container : containers) {
      container.close();
    }
  }
}
