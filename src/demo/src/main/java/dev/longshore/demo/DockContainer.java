package dev.longshore.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// One container of the dock: writes its workload's records into its own log file.
///
/// Written to by one thread; the counts are safe for others to read.
final class DockContainer implements AutoCloseable {
  private final Workload workload;
  private final String pod;
  private final String podUid;
  private final CriLog log;
  private final SplittableRandom random;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();

  DockContainer(
      Workload workload, String pod, String podUid, Path pods, long rotateBytes, long seed)
      throws IOException {
    this.workload = workload;
    this.pod = pod;
    this.podUid = podUid;
    Path folder =
        pods.resolve(workload.namespace + "_" + pod + "_" + podUid).resolve(workload.container);
    this.log = new CriLog(folder.resolve("0.log"), rotateBytes, 5);
    this.random = new SplittableRandom(seed);
  }

  /// Writes the next record.
  void write() {
    workload.write(this::line, records.get(), random);
    records.incrementAndGet();
  }

  /// Writes the next record as one of a service whose neighbour is away.
  void fail() {
    workload.fail(this::line, records.get(), random);
    records.incrementAndGet();
  }

  private void line(String stream, String text) {
    try {
      log.line(stream, text);
    } catch (IOException e) {
      throw new UncheckedIOException("the dock can't write its logs", e);
    }
    lines.incrementAndGet();
  }

  Workload workload() {
    return workload;
  }

  String pod() {
    return pod;
  }

  String podUid() {
    return podUid;
  }

  /// Records written so far, numbered from 0 without a gap.
  long records() {
    return records.get();
  }

  /// Lines written so far; a stack trace has several.
  long lines() {
    return lines.get();
  }

  int rotations() {
    return log.rotations();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
