package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// What was saved is loaded, and a damaged entry costs that entry alone.
class PodFolderTest {
  @TempDir Path directory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private PodFolder folder;
  private PodFolder.Stored checkout;

  @BeforeEach
  void open() throws IOException {
    folder = folder(directory);
    checkout =
        new PodFolder.Stored(
            PodReaderTest.pod(PodReaderTest.CHECKOUT),
            new NamespaceRecord("shop", "{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8), 1),
            1234);
  }

  private PodFolder folder(Path path) {
    return new PodFolder(
        path,
        new RateLimitedLogger(
            LoggerFactory.getLogger(PodFolderTest.class),
            new ManualClock(),
            Duration.ofSeconds(10)),
        new EnrichMetrics(registry));
  }

  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void loadsWhatWasSaved() {
    PodFolder.Stored withoutNamespace = new PodFolder.Stored(checkout.pod(), null, 0);

    folder.save(checkout);
    assertThat(folder(directory).load()).containsExactly(checkout);

    folder.save(withoutNamespace);
    assertThat(folder(directory).load()).containsExactly(withoutNamespace);
  }

  @Test
  void onlyTheOwnerMayReadWhatIsSaved() throws IOException {
    folder.save(checkout);
    Path file = onlyFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(folder(directory).load()).containsExactly(checkout);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatWasRemovedIsGone() throws IOException {
    folder.save(checkout);

    folder.remove(checkout.pod().uid());

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void everyFlippedByteAndEveryTornTailIsSkippedAndCounted() throws IOException {
    folder.save(checkout);
    Path file = onlyFile();
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 0x10;
      Files.write(file, flipped);
      assertThat(folder(directory).load()).as("byte %d flipped", i).isEmpty();

      Files.write(file, Arrays.copyOf(whole, i));
      assertThat(folder(directory).load()).as("cut after %d bytes", i).isEmpty();
      assertThat(file).doesNotExist();
    }
    assertThat(registry.get("longshore.agent.metadata.corrupt.entries").counter().count())
        .isEqualTo(2.0 * whole.length);
  }

  @Test
  void aDamagedEntryCostsThatEntryAlone() throws IOException {
    folder.save(checkout);
    Files.writeString(directory.resolve("other.pod"), "not an entry");
    Files.writeString(directory.resolve("half.pod.tmp"), "half");

    assertThat(folder(directory).load()).containsExactly(checkout);
    assertThat(directory.resolve("half.pod.tmp")).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsReportedAndNoMore() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");

    folder(file.resolve("metadata")).save(checkout);

    assertThat(registry.get("longshore.agent.metadata.write.errors").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aUidNeverLeavesTheFolder() throws IOException {
    PodRecord pod = PodReaderTest.pod(PodReaderTest.CHECKOUT.replace("0d9b4ef1", "../../etc"));

    folder.save(new PodFolder.Stored(pod, null, 0));

    assertThat(onlyFile().getFileName().toString()).startsWith("______etc").endsWith(".pod");
    assertThat(folder(directory).load()).hasSize(1);
  }

  @Test
  void whatTheDiskCannotReadIsCountedAndReadFromTheApiServer() throws IOException {
    folder.save(checkout);
    Files.createDirectories(directory.resolve("unreadable.pod").resolve("in-the-way"));
    Files.createSymbolicLink(directory.resolve("loop.pod"), directory.resolve("loop.pod"));

    assertThat(folder(directory).load()).containsExactly(checkout);

    assertThat(registry.get("longshore.agent.metadata.corrupt.entries").counter().count())
        .isEqualTo(2);
  }

  @Test
  void anEntryThatCannotBeWrittenLeavesTheOneBeforeAndNoHalf() throws IOException {
    assertThat(folder.save(checkout)).isTrue();
    Path temporary = onlyFile().resolveSibling(onlyFile().getFileName() + ".tmp");
    Files.createDirectories(temporary.resolve("in-the-way"));

    assertThat(folder.save(new PodFolder.Stored(checkout.pod(), null, 0))).isFalse();

    assertThat(folder(directory).load()).containsExactly(checkout);
    assertThat(registry.get("longshore.agent.metadata.write.errors").counter().count())
        .isEqualTo(1);
  }

  @Test
  void nobodyElseCanReadIt() throws IOException {
    Path made = directory.resolve("metadata");
    folder(made).save(checkout);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(made)) {
      assertThat(files)
          .singleElement()
          .satisfies(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }

    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(folder(made).load()).hasSize(1);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
  }
}
