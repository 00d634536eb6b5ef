package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A folder that can't be listed is as visible as a file that can't be read, with whose logs stand
/// in it, and its files are read once it can be.
class UnreadableFolderTest extends TailTestCase {

  @Test
  void aContainersFolderIsShownUntilItCanBeListed() throws IOException {
    Log secret = fixture.log("vault-0", "server");
    secret.line("was secret");
    fixture.log("checkout-7d9f", "web").line("readable");
    Path container = secret.live.resolveSibling("");
    fixture.unlistable.put(container, new AccessDeniedException(container.toString()));
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("readable");
    assertThat(fixture.unreadable()).containsExactly(container);
    assertThat(shown().reason()).isEqualTo("Permission denied");
    assertThat(shown().container())
        .isEqualTo(new ContainerRef("shop", "vault-0", "0f1e2d3c-4b5a", "server"));
    assertThat(fixture.gauged("unreadable")).isEqualTo(1);

    fixture.unlistable.clear();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("readable", "was secret");
    assertThat(fixture.unreadable()).isEmpty();
    assertThat(fixture.gauged("unreadable")).isZero();
  }

  @Test
  void aPodsFolderIsShownWithItsPod() throws IOException {
    Log secret = fixture.log("vault-0", "server");
    Path pod = secret.live.resolveSibling("..").normalize();
    fixture.unlistable.put(
        pod, new FileSystemException(pod.toString(), null, "Input/output error"));
    fixture.start();
    fixture.look();

    assertThat(shown().reason()).isEqualTo("Input/output error");
    assertThat(shown().container())
        .isEqualTo(new ContainerRef("shop", "vault-0", "0f1e2d3c-4b5a", ""));
  }

  @Test
  void whatIsFollowedAlreadyIsReadOn() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.look();
    Path container = log.live.resolveSibling("");
    fixture.unlistable.put(container, new AccessDeniedException(container.toString()));
    log.line("2");
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("1", "2");
    assertThat(fixture.unreadable()).containsExactly(container);
    assertThat(fixture.reader.gone).isEmpty();
  }

  @Test
  void aFolderThatIsDeletedIsNoLongerShown() throws IOException {
    Log log = fixture.log("vault-0", "server");
    Path container = log.live.resolveSibling("");
    fixture.unlistable.put(container, new AccessDeniedException(container.toString()));
    fixture.start();
    fixture.look();
    assertThat(fixture.unreadable()).containsExactly(container);

    Files.delete(log.live);
    Files.delete(container);
    fixture.look();

    assertThat(fixture.unreadable()).isEmpty();
  }

  private FileStatus shown() {
    return fixture.tail.status().stream()
        .filter(s -> s.state() == FileStatus.State.UNREADABLE)
        .findFirst()
        .orElseThrow();
  }
}
