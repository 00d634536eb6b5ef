package dev.longshore.testkit;

import dev.longshore.shared.runtime.ProcessExit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Takes the place of the process's end: keeps the codes it was asked to end with, and goes on.
public final class RecordedExit implements ProcessExit {
  private final List<Integer> codes = new CopyOnWriteArrayList<>();

  public RecordedExit() {}

  @Override
  public void exit(int code) {
    codes.add(code);
  }

  /// In the order of the calls; empty as long as no thread has failed.
  public List<Integer> codes() {
    return List.copyOf(codes);
  }
}
