package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A [Dock] of its own for each test, in a folder of its own; a test may put another in its place.
abstract class DockRig {
  @TempDir Path folder;
  Dock dock;

  @BeforeEach
  void open() throws IOException {
    dock = new Dock(folder);
  }

  @AfterEach
  void close() {
    dock.close();
  }

  List<String> messages() {
    return dock.manifest.messages();
  }
}
