package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a framer has put out, as values that a test can compare, and the framer that does it.
final class Framed implements BlockOutput {
  static final GenerationId OLD = new GenerationId(1, 1);
  static final GenerationId NEW = new GenerationId(2, 2);

  /// A record, and how many blocks were put before its own.
  record Found(
      GenerationId generation,
      String stream,
      long start,
      long span,
      int ordinal,
      List<String> flags,
      String raw) {

    /// The message of a CRI record as ship reads it, parts joined and lines with their feeds.
    String message() {
      if (flags.contains("UNPARSED")) {
        return raw.endsWith("\n") ? raw.substring(0, raw.length() - 1) : raw;
      }
      StringBuilder message = new StringBuilder();
      for (String line : raw.split("(?<=\n)", -1)) {
        if (line.isEmpty()) {
          continue;
        }
        String[] fields = line.split(" ", 4);
        String text = fields.length < 4 ? "" : fields[3];
        String part = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        message.append(part);
        if (fields[2].startsWith("F")) {
          message.append('\n');
        }
      }
      int length = message.length();
      return length > 0 && message.charAt(length - 1) == '\n'
          ? message.substring(0, length - 1)
          : message.toString();
    }
  }

  /// One put block: its records and the positions it commits.
  record Put(List<Found> records, List<Position> positions) {}

  final List<Put> puts = new ArrayList<>();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Framer framer;
  final Block scratch = new Block(1024);
  private long offset;

  Framed(FrameConfig config, FrameRules rules) {
    framer = new Framer(config, rules, new FrameMetrics(registry));
  }

  static Framed auto() {
    return new Framed(FrameConfig.defaults(), FrameRules.of(FrameConfig.defaults()));
  }

  static FrameConfig limit(int maxRecordKib) {
    FrameConfig all = FrameConfig.defaults();
    return new FrameConfig(
        dev.longshore.shared.units.DataSize.ofKiB(maxRecordKib),
        all.multiline(),
        all.groupTimeout(),
        all.partialTimeout());
  }

  Framed begin(LogFormat format) {
    return begin(Position.start(OLD), format);
  }

  Framed begin(Position resume, LogFormat format) {
    framer.begin(resume, format);
    offset = resume.resumeAt();
    return this;
  }

  /// Feeds text that stands where the last feed ended, at monotonic time 0.
  Framed feed(String text) {
    return feed(text.getBytes(StandardCharsets.UTF_8), false, Duration.ZERO);
  }

  Framed feedLast(String text) {
    return feed(text.getBytes(StandardCharsets.UTF_8), true, Duration.ZERO);
  }

  Framed feed(byte[] bytes, boolean atEnd, Duration now) {
    // The array is larger than what is fed, as a reader's is.
    byte[] array = Arrays.copyOf(bytes, bytes.length + 16);
    offset += framer.feed(array, 0, bytes.length, offset, atEnd, now.toNanos(), scratch, this);
    return this;
  }

  Framed continueIn(Position resume, LogFormat format) {
    framer.continueIn(resume, format, scratch, this);
    offset = resume.resumeAt();
    return this;
  }

  Framed closeAll() {
    framer.closeAll(scratch, this);
    return this;
  }

  Framed closeDue(Duration now) {
    framer.closeDue(now.toNanos(), scratch, this);
    return this;
  }

  long offset() {
    return offset;
  }

  List<Found> records() {
    return puts.stream().flatMap(put -> put.records().stream()).toList();
  }

  List<String> messages() {
    return records().stream().map(Found::message).toList();
  }

  double count(String metric) {
    return registry.get("longshore.agent.frame." + metric).counter().count();
  }

  @Override
  public void put(Block block) {
    RecordCursor cursor = new RecordCursor();
    cursor.over(block);
    List<Found> found = new ArrayList<>();
    while (cursor.advance()) {
      found.add(
          new Found(
              block.generation(),
              cursor.stream() == Block.STDOUT ? "stdout" : "stderr",
              cursor.start(),
              cursor.span(),
              cursor.ordinal(),
              flags(cursor.flags()),
              new String(
                  block.payload(),
                  cursor.rawOffset(),
                  cursor.rawBytes(),
                  StandardCharsets.ISO_8859_1)));
    }
    puts.add(new Put(found, List.copyOf(block.positions())));
  }

  private static List<String> flags(int flags) {
    List<String> names = new ArrayList<>();
    String[] all = {"JOINED", "FRAGMENT", "LAST_FRAGMENT", "UNPARSED", "INCOMPLETE"};
    int[] bits = {
      Block.FLAG_JOINED,
      Block.FLAG_FRAGMENT,
      Block.FLAG_LAST_FRAGMENT,
      Block.FLAG_UNPARSED,
      Block.FLAG_INCOMPLETE
    };
    for (int i = 0; i < all.length; i++) {
      if ((flags & bits[i]) != 0) {
        names.add(all[i]);
      }
    }
    return names;
  }
}
