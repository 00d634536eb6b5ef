package dev.longshore.agent.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.frame.Framed.Found;
import dev.longshore.agent.frame.Framed.Put;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Framing is a function of the bytes: not of how they are cut into feeds, not of where reading
/// began again. No byte is left out, and none is in two records.
class FramerPropertyTest {
  private static final int SEEDS = 150;
  private static final FrameConfig SMALL = Framed.limit(4);
  private static final FrameRules AUTO = FrameRules.of(SMALL);

  private record Chain(byte[] old, byte[] next, LogFormat format) {}

  private record Key(GenerationId generation, long start, long span, int ordinal) {
    static Key of(Found found) {
      return new Key(found.generation(), found.start(), found.span(), found.ordinal());
    }
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void cutsOfFeedsChangeNothing(LogFormat format) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Chain chain = chain(new Random(seed), format);
      List<Found> whole = read(chain, Map.of(), new Random(0), 1 << 20).records();

      List<Found> cut = read(chain, Map.of(), new Random(seed), 5000).records();

      assertThat(cut).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void everyByteIsInOneRecord(LogFormat format) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Chain chain = chain(new Random(seed), format);

      List<Found> records = read(chain, Map.of(), new Random(seed), 3000).records();

      long bytes = records.stream().mapToLong(found -> found.raw().length()).sum();
      assertThat(bytes).as("seed %d", seed).isEqualTo(chain.old.length + chain.next.length);
      Set<Key> keys = new HashSet<>();
      for (Found found : records) {
        assertThat(keys.add(Key.of(found))).as("seed %d: %s twice", seed, found).isTrue();
        assertThat(found.raw().length()).isLessThanOrEqualTo(4096);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void readingAgainFromAnyStatedPositionGivesTheSameRecords(LogFormat format) {
    for (int seed = 0; seed < SEEDS / 3; seed++) {
      Chain chain = chain(new Random(seed), format);
      Framed first = read(chain, Map.of(), new Random(seed), 2000);
      Set<Found> all = new HashSet<>(first.records());
      Map<GenerationId, Position> committed = new HashMap<>();
      Set<Found> queued = new HashSet<>();

      for (Put put : first.puts) {
        queued.addAll(put.records());
        put.positions().forEach(p -> committed.merge(p.generation(), p, Position::max));
        Framed again = read(chain, committed, new Random(seed + 1), 7000);

        Set<Found> both = new HashSet<>(queued);
        for (Found found : again.records()) {
          boolean added = both.add(found);
          // A long record's first pieces are put before its end is known, and come again.
          assertThat(added || found.flags().contains("FRAGMENT"))
              .as("seed %d: %s is doubled after %s", seed, found, committed)
              .isTrue();
        }
        assertThat(both).as("seed %d after %s", seed, committed).isEqualTo(all);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LogFormat.class)
  void positionsNeverMoveBack(LogFormat format) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Framed framed = read(chain(new Random(seed), format), Map.of(), new Random(seed), 900);

      Map<GenerationId, Position> committed = new HashMap<>();
      for (Put put : framed.puts) {
        for (Position position : put.positions()) {
          Position before = committed.put(position.generation(), position);
          if (before != null) {
            assertThat(position).as("seed %d", seed).isEqualTo(position.max(before));
          }
        }
      }
    }
  }

  /// Reads both generations through an array of at most `arrayBytes`, like a tail does.
  private static Framed read(
      Chain chain, Map<GenerationId, Position> committed, Random random, int arrayBytes) {
    Framed framed = new Framed(SMALL, AUTO);
    Position old = committed.getOrDefault(Framed.OLD, Position.start(Framed.OLD));
    Position next = committed.getOrDefault(Framed.NEW, Position.start(Framed.NEW));
    byte[] array = new byte[arrayBytes];
    framed.framer.begin(old, chain.format);
    readFile(framed, chain.old, old.resumeAt(), array, random);
    framed.framer.continueIn(next, chain.format, framed.scratch, framed);
    readFile(framed, chain.next, next.resumeAt(), array, random);
    return framed.closeAll();
  }

  private static void readFile(Framed framed, byte[] file, long from, byte[] array, Random random) {
    long offset = from;
    int held = 0;
    boolean atEnd;
    do {
      int room = array.length - held;
      int wanted = array.length >= 1 << 20 ? room : 1 + random.nextInt(room);
      long left = file.length - offset - held;
      int count = (int) Math.min(left, wanted);
      System.arraycopy(file, (int) offset + held, array, held, count);
      held += count;
      atEnd = offset + held == file.length;
      int taken = framed.framer.feed(array, 0, held, offset, atEnd, 0, framed.scratch, framed);
      System.arraycopy(array, taken, array, 0, held - taken);
      held -= taken;
      offset += taken;
    } while (!atEnd);
    assertThat(held).isZero();
  }

  private static Chain chain(Random random, LogFormat format) {
    long[] nanos = {1_795_000_000_000_000_000L};
    // Plain files have no timestamp that would tell of a gap between two generations.
    byte[] old = log(random, format, nanos, random.nextBoolean());
    byte[] next = log(random, format, nanos, false);
    return new Chain(old, next, format);
  }

  private static byte[] log(Random random, LogFormat format, long[] nanos, boolean cutLast) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    // Each stream's messages are made first and then interleaved, as a container's are.
    TreeMap<Integer, List<String>> streams = new TreeMap<>();
    for (int stream = 0; stream < 2; stream++) {
      List<String> lines = new ArrayList<>();
      for (int i = random.nextInt(25); i >= 0; i--) {
        lines.addAll(message(random));
      }
      streams.put(stream, lines);
    }
    while (!streams.isEmpty()) {
      int stream = streams.size() == 2 ? random.nextInt(2) : streams.firstKey();
      List<String> lines = Objects.requireNonNull(streams.get(stream));
      String text = lines.removeFirst();
      if (lines.isEmpty()) {
        streams.remove(stream);
      }
      nanos[0] += random.nextInt(30) == 0 ? 5_000_000_000L : random.nextInt(100_000_000);
      nanos[0] -= random.nextInt(50) == 0 ? 4_000_000_000L : 0;
      log.writeBytes(wrap(random, format, stream, text, nanos[0]));
    }
    byte[] bytes = log.toByteArray();
    return cutLast && bytes.length > 20 ? Arrays.copyOf(bytes, bytes.length - 7) : bytes;
  }

  private static List<String> message(Random random) {
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> List.of("GET /cart/" + random.nextInt(1000) + " 200");
      case 3 -> List.of("{\"level\":\"ERROR\",\"msg\":\"é\\n\"}");
      case 4 -> List.of("2026-11-23 05:48:55 ERROR [main] Cart - payment failed");
      case 5, 6 ->
          List.of(
              "java.lang.IllegalStateException: cart",
              "\tat shop.Cart.add(Cart.java:1)",
              "Caused by: java.io.IOException: x",
              "\t... 1 more");
      case 7 ->
          List.of("Traceback (most recent call last):", "  File \"a.py\", line 1", "KeyError: 'x'");
      case 8 ->
          List.of("panic: boom", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:3");
      case 9 -> List.of("");
      case 10 -> List.of("ä€😀".repeat(random.nextInt(900)));
      case 11 -> List.of("x".repeat(random.nextInt(20_000)));
      case 12 -> {
        List<String> trace = new ArrayList<>(List.of("app.rb:3:in 'x': no (RuntimeError)"));
        for (int i = random.nextInt(200); i > 0; i--) {
          trace.add("\tfrom app.rb:" + i + ":in 'y'");
        }
        yield trace;
      }
      case 13 -> List.of("\0\0binary\u0001", "\r", "tail\r");
      case 15 ->
          List.of(
              "12:00:01  WARN 1 --- [main] Cart : retrying",
              "",
              "a message that goes on",
              "feign.FeignException$NotFound: 404",
              "\tat shop.Cart.add(Cart.java:1)",
              "");
      case 16 ->
          List.of(
              "2026-11-23T05:48:55Z\tERROR\tReconciler error",
              "shop.example/controller.(*Controller).Start.func2",
              "\t/go/src/controller.go:12");
      case 17 ->
          List.of(
              "thread 'main' panicked at src/cart.rs:1:2:",
              "no stock",
              "stack backtrace:",
              "   0: shop::take");
      case 18 -> List.of("12:00:02 INFO up", " INFO | padded", "words of another program");
      case 14 -> List.of("/app/index.js:3", "  throw 1", "  ^", "", "Error: 1", "    at x", "");
      default -> List.of("\\\"".repeat(random.nextInt(3000)) + "é".repeat(random.nextInt(2000)));
    };
  }

  private static byte[] wrap(Random random, LogFormat format, int stream, String text, long nanos) {
    String name = stream == 0 ? "stdout" : "stderr";
    String time =
        java.time.Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000).toString();
    String line =
        switch (format) {
          case PLAIN -> text;
          case DOCKER_JSON ->
              random.nextInt(30) == 0
                  ? "{\"log\":" + text
                  : "{\"log\":\""
                      + text.replace("\\", "\\\\")
                          .replace("\"", "\\\"")
                          .replace("\t", "\\t")
                          .replace("\r", "\\r")
                          .replace("\0", "\\u0000")
                      + "\\n\",\"stream\":\""
                      + name
                      + "\",\"time\":\""
                      + time
                      + "\"}";
          case CRI ->
              random.nextInt(30) == 0
                  ? "runtime: " + text
                  : time + " " + name + (random.nextInt(6) == 0 ? " P " : " F ") + text;
        };
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
