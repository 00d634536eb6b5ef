package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A folder that another one takes the place of is followed as any other, where inotify reports
/// what happens in folders and they are listed only seldom.
class ReplacedFolderTest extends TailTestCase {
  private static final Duration SOON = Duration.ofSeconds(1);

  private void follow(String pattern) throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of(pattern), DataSize.ofMiB(1), true);
  }

  @Test
  void aFolderThatIsRenamedAndMadeAnewIsFollowed() throws IOException {
    follow("pods/*/*/*.log");
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
    Path container = log.live.resolveSibling("");
    Files.move(container, fixture.root.resolve("aside"));
    Files.createDirectory(container);
    log.line("2");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2");

    new Log(log.live.resolveSibling("1.log")).line("3");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void theFolderOfAPatternThatIsRemovedAndMadeAnewIsFollowed() throws IOException {
    follow("srv/logs/*.log");
    Path logs = Files.createDirectories(fixture.root.resolve("srv/logs"));
    new Log(logs.resolve("a.log")).line("1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
    Files.delete(logs.resolve("a.log"));
    Files.delete(logs);
    fixture.pass(Duration.ofSeconds(5));
    Files.createDirectories(logs);
    new Log(logs.resolve("a.log")).line("2 of another run");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2 of another run");
  }

  @Test
  void theFolderOfAPatternThatIsRenamedAndMadeAnewIsFollowed() throws IOException {
    follow("srv/logs/*.log");
    Path logs = Files.createDirectories(fixture.root.resolve("srv/logs"));
    new Log(logs.resolve("a.log")).line("1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
    Files.move(logs, fixture.root.resolve("srv/aside"));
    Files.createDirectories(logs);
    new Log(logs.resolve("b.log")).line("2");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2");

    new Log(logs.resolve("c.log")).line("3");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2", "3");
  }

  @Test
  void aLinkAboveThePatternsFolderThatIsTurnedIsFollowed() throws IOException {
    follow("current/logs/*.log");
    Path first = Files.createDirectories(fixture.root.resolve("releases/1/logs"));
    Path second = Files.createDirectories(fixture.root.resolve("releases/2/logs"));
    Path current = fixture.root.resolve("current");
    Files.createSymbolicLink(current, first.getParent());
    new Log(first.resolve("a.log")).line("1");
    fixture.start();
    fixture.pass(Duration.ofSeconds(3));
    Files.delete(current);
    Files.createSymbolicLink(current, second.getParent());
    new Log(second.resolve("b.log")).line("2");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2");

    new Log(second.resolve("c.log")).line("3");
    fixture.pass(SOON);

    assertThat(messages()).containsExactly("1", "2", "3");
  }
}
