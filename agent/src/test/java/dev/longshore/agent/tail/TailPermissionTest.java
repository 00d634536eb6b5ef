package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log without read permission is shown as unreadable, disturbs no other, and is read as soon as
/// it may be. Root may read everything, so the tail runs in a process of its own without that
/// right.
class TailPermissionTest {
  @TempDir Path folder;

  @Test
  void anUnreadableFileIsReadOnceItMayBe() throws Exception {
    List<String> command = new ArrayList<>();
    if (Files.isReadable(Path.of("/etc/shadow"))) {
      command.addAll(
          List.of(
              "setpriv",
              "--bounding-set",
              "-dac_override,-dac_read_search",
              "--inh-caps",
              "-dac_override,-dac_read_search"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            folder.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("unreadable: [Permission denied] read: [readable]");
    assertThat(output).contains("then: [readable, was secret]");
    assertThat(output).containsOnlyOnce("a log can't be opened");
  }

  /// What runs without the right to read everything.
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      try (TailFixture fixture = new TailFixture(Path.of(arguments[0]))) {
        Log secret = fixture.log("vault-0", "server");
        secret.line("was secret");
        Files.setPosixFilePermissions(secret.live, PosixFilePermissions.fromString("---------"));
        fixture.log("checkout-7d9f", "web").line("readable");
        fixture.start();
        fixture.pass(Duration.ofSeconds(1));
        List<String> reasons =
            fixture.tail.status().stream()
                .filter(s -> s.state() == FileStatus.State.UNREADABLE)
                .map(FileStatus::reason)
                .map(reason -> reason.replaceFirst(".*\\((.*)\\)", "$1"))
                .toList();
        System.out.println("unreadable: " + reasons + " read: " + fixture.reader.messages());
        if (fixture.gauged("unreadable") != 1) {
          System.exit(2);
        }
        Files.setPosixFilePermissions(secret.live, PosixFilePermissions.fromString("rw-------"));
        fixture.pass(Duration.ofSeconds(1));
        System.out.println("then: " + fixture.reader.messages());
      }
    }
  }
}
