package dev.longshore.agent.tail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A [TailFixture] of its own for each test, in a folder of its own; a test may put another in its
/// place.
abstract class TailTestCase {
  @TempDir Path folder;
  TailFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new TailFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  List<String> messages() {
    return fixture.reader.messages();
  }
}
