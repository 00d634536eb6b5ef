package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Symbolic links are followed inside of the followed folders and into what is allowed besides;
/// whoever may write to a log folder can't have any other file read, and can't keep the agent busy.
class LinkTest extends TailTestCase {

  @Test
  void aLinkToAFileOutsideIsIgnoredAndSaidOnce() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("read");
    Path link = log.live.resolveSibling("1.log");
    Files.createSymbolicLink(link, Path.of("/etc/passwd"));
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("read");
    assertThat(fixture.ignored()).containsExactly(link);
    assertThat(fixture.gauged("ignored")).isEqualTo(1);

    Files.delete(link);
    fixture.pass(Duration.ofSeconds(1));

    assertThat(fixture.ignored()).isEmpty();
    assertThat(fixture.gauged("ignored")).isZero();
  }

  @Test
  void aLinkToAFolderOutsideIsIgnored() throws IOException {
    Path outside = Files.createDirectories(fixture.root.resolve("outside/app"));
    new Log(outside.resolve("0.log")).line("not ours");
    Path link = fixture.root.resolve("pods/shop_checkout-7d9f_0f1e");
    Files.createSymbolicLink(link, outside.getParent());
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).isEmpty();
    assertThat(fixture.ignored()).containsExactly(link);
  }

  @Test
  void aLinkIntoAnAllowedFolderIsFollowed() throws IOException {
    Path allowed = Files.createDirectories(fixture.root.resolve("allowed/4f2a"));
    new Log(allowed.resolve("4f2a-json.log")).line("paid");
    Path pod = Files.createDirectories(fixture.root.resolve("pods/shop_pay-1_0f1e/app"));
    Files.createSymbolicLink(pod.resolve("0.log"), allowed.resolve("4f2a-json.log"));
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("paid");
    assertThat(fixture.ignored()).isEmpty();
  }

  @Test
  void aFileThatIsReplacedByALinkAfterItWasFoundIsNotOpened() throws IOException {
    Path outside = fixture.root.resolve("outside.log");
    new Log(outside).line("not ours");
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("ours");
    FoundFile found = FoundFile.at(log.live);
    Files.delete(log.live);
    Files.createSymbolicLink(log.live, outside);

    assertThat(open(found)).contains("symbolic link");
  }

  @Test
  void aFolderThatIsReplacedByALinkAfterItsFileWasFoundIsNotEntered() throws IOException {
    Path outside = Files.createDirectories(fixture.root.resolve("outside"));
    new Log(outside.resolve("0.log")).line("not ours");
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("ours");
    FoundFile found = FoundFile.at(log.live);
    Path container = log.live.resolveSibling("");
    Files.move(container, fixture.root.resolve("aside"));
    Files.createSymbolicLink(container.resolveSibling("web"), outside);

    assertThat(open(found)).contains("symbolic link");
  }

  @Test
  void whatIsPutInTheFilesPlaceAfterItWasFoundIsNotTakenForIt() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("ours");
    FoundFile found = FoundFile.at(log.live);
    log.rotate(".1");

    assertThat(open(found)).contains("replaced");
  }

  private static String open(FoundFile found) {
    try (Source source = new FileOpener().open(found)) {
      return "opened " + source;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aFolderThatBecomesALinkOutsideIsNotReadThroughIt() throws IOException {
    Path outside = Files.createDirectories(fixture.root.resolve("outside"));
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("ours");
    fixture.start();
    fixture.look();
    new Log(outside.resolve("0.log")).line("not ours");
    Files.move(log.live.getParent(), fixture.root.resolve("aside"));
    Files.createSymbolicLink(log.live.getParent(), outside);
    fixture.pass(Duration.ofSeconds(5));

    assertThat(messages()).containsExactly("ours");
    assertThat(fixture.ignored()).containsExactly(log.live.getParent());
  }

  @Test
  void linksToTheFolderAboveAreWalkedOnce() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("logs/**/*.log"), DataSize.ofMiB(1), false);
    Path logs = Files.createDirectories(fixture.root.resolve("logs/d"));
    Log log = new Log(logs.resolve("app.log"));
    log.line("once");
    for (String name : List.of("a", "b", "c")) {
      Files.createSymbolicLink(logs.resolve(name), Path.of("."));
    }
    fixture.start();

    assertThat(messages()).containsExactly("once");
    assertThat(fixture.listings).containsOnlyKeys(fixture.root.resolve("logs"), logs);
    assertThat(fixture.listings.get(fixture.root.resolve("logs"))).isEqualTo(1);
  }

  @Test
  void foldersThatLinkToEachOtherAreWalkedOnce() throws IOException {
    fixture.close();
    fixture = new TailFixture(folder, List.of("logs/**/*.log"), DataSize.ofMiB(1), false);
    Path logs = Files.createDirectories(fixture.root.resolve("logs"));
    for (int i = 0; i < 12; i++) {
      Path sibling = Files.createDirectories(logs.resolve("s" + i));
      new Log(sibling.resolve("app.log")).line("of " + i);
      for (int k = 0; k < 12; k++) {
        Files.createSymbolicLink(sibling.resolve("to" + k), Path.of("../s" + k));
      }
    }
    fixture.start();
    fixture.look();

    assertThat(messages()).hasSize(12).doesNotHaveDuplicates();
    assertThat(fixture.listings.keySet())
        .allMatch(it -> it.getNameCount() <= logs.getNameCount() + 1);
    assertThat(fixture.listings).hasSize(13);
  }

  @Test
  void aLinkInALoopIsIgnored() throws IOException {
    Log log = fixture.log("checkout-7d9f", "web");
    log.line("read");
    Path link = log.live.resolveSibling("1.log");
    Files.createSymbolicLink(link, Path.of("1.log"));
    fixture.start();
    fixture.pass(Duration.ofSeconds(1));

    assertThat(messages()).containsExactly("read");
    assertThat(fixture.ignored()).containsExactly(link);
    assertThat(fixture.unreadable()).isEmpty();
  }
}
