package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a writer, a kubelet and a restarting agent do to a log at random: each line is handed
/// over exactly once, and nothing is counted as lost that was not.
class TailPropertyTest {
  private static final int STEPS = 400;

  @TempDir Path folder;

  private final List<String> written = new ArrayList<>();
  private final Deque<Path> rotated = new ArrayDeque<>();
  private final List<String> history = new ArrayList<>();
  private int second;
  private boolean halfLine;

  static Stream<Long> seeds() {
    return Seeds.first(6, 153, 162, 180, 274, 439);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyLineOnce(long seed) throws IOException {
    everyLineOnce(seed, new TailFixture(folder));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyLineOnceByReportsOfInotify(long seed) throws IOException {
    everyLineOnce(seed, TailFixture.withInotify(folder));
  }

  private void everyLineOnce(long seed, TailFixture opened) throws IOException {
    Random random = new Random(seed);
    try (TailFixture fixture = opened) {
      Log log = fixture.log("checkout-7d9f", "web");
      fixture.start();
      for (int i = 0; i < STEPS; i++) {
        step(fixture, log, random);
      }
      end(log);
      fixture.reader.full = false;
      fixture.pass(Duration.ofSeconds(20));

      List<String> missing = new ArrayList<>(written);
      fixture.reader.lines.forEach(missing::remove);
      List<String> extra = new ArrayList<>(fixture.reader.lines);
      written.forEach(extra::remove);
      assertThat(missing)
          .as(
              "missing; seed %d: %s %s",
              seed,
              fixture.reader.handovers.stream().filter(h -> !h.contains("->")).toList(),
              history)
          .isEmpty();
      assertThat(extra).as("doubled; seed %d: %s", seed, history).isEmpty();
      assertThat(fixture.reader.lostBytes)
          .as("seed %d: %s %s", seed, fixture.reader.handovers, history)
          .isZero();
    }
  }

  private void step(TailFixture fixture, Log log, Random random) throws IOException {
    int action = random.nextInt(100);
    if (action < 40) {
      write(log, 1 + random.nextInt(20), random);
    } else if (action < 65) {
      history.add("look");
      fixture.look();
    } else if (action < 75) {
      rotate(fixture, log, random);
    } else if (action < 82) {
      compress();
    } else if (action < 87) {
      delete(fixture);
    } else if (action < 91) {
      fixture.reader.full = !fixture.reader.full;
      history.add("full=" + fixture.reader.full);
    } else if (action < 94) {
      copyTruncate(fixture, log);
    } else if (action < 97) {
      history.add("pass");
      fixture.pass(Duration.ofMillis(random.nextInt(4_000)));
    } else {
      restart(fixture, log, random);
    }
  }

  private void write(Log log, int lines, Random random) throws IOException {
    end(log);
    history.add("write " + lines);
    for (int i = 0; i < lines; i++) {
      written.add(log.line("order " + written.size() + " " + "x".repeat(random.nextInt(60))));
    }
    if (random.nextInt(4) == 0) {
      String line = Log.cri("in two parts, order " + written.size());
      log.raw(line);
      written.add(line + " done");
      halfLine = true;
    }
  }

  private void end(Log log) throws IOException {
    if (halfLine) {
      log.raw(" done\n");
      halfLine = false;
    }
  }

  private void rotate(TailFixture fixture, Log log, Random random) throws IOException {
    end(log);
    if (Files.size(log.live) == 0) {
      return;
    }
    history.add("rotate");
    OutputStream old = log.handle();
    rotated.addLast(log.rotate(".%08d-%06d".formatted(20261123, second++)));
    if (random.nextInt(3) == 0) {
      write(log, 1, random);
      end(log);
    }
    if (random.nextBoolean()) {
      fixture.look();
    }
    if (random.nextInt(3) == 0) {
      history.add("late");
      String late = Log.cri("late order " + written.size());
      old.write((late + "\n").getBytes(StandardCharsets.UTF_8));
      written.add(late);
    }
    // What is open now was seen: the kubelet rotates every 10 s, we look every 100 ms.
    fixture.look();
  }

  private void compress() throws IOException {
    for (int i = 0; i < rotated.size(); i++) {
      Path path = rotated.removeFirst();
      boolean plain = !path.toString().endsWith(".gz");
      rotated.addLast(plain && rotated.size() > i ? Log.gzip(path) : path);
    }
    history.add("compress");
  }

  private void delete(TailFixture fixture) throws IOException {
    if (rotated.size() > 3) {
      fixture.look();
      Path oldest = rotated.removeFirst();
      history.add("delete " + oldest.getFileName());
      Files.delete(oldest);
    }
  }

  private void copyTruncate(TailFixture fixture, Log log) throws IOException {
    end(log);
    if (Files.size(log.live) == 0) {
      return;
    }
    history.add("copytruncate");
    Path copy = log.live.resolveSibling("0.log.%08d-%06d".formatted(20261123, second++));
    Files.copy(log.live, copy, StandardCopyOption.REPLACE_EXISTING);
    Files.newOutputStream(log.live, StandardOpenOption.TRUNCATE_EXISTING).close();
    rotated.addLast(copy);
    fixture.look();
  }

  private void restart(TailFixture fixture, Log log, Random random) throws IOException {
    fixture.look();
    if (fixture.gauged("held") > 0) {
      // What is deleted unread does not survive a stop.
      return;
    }
    history.add("stop");
    fixture.stop();
    if (random.nextBoolean()) {
      write(log, 3, random);
      end(log);
      rotated.addLast(log.rotate(".%08d-%06d".formatted(20261123, second++)));
      compress();
      write(log, 2, random);
    }
    history.add("start");
    fixture.restart();
  }
}
