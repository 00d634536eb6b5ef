package dev.longshore.agent.line;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockOutput;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.ship.encode.Encoder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The documents that a container's log becomes, framed and encoded as the agent does it.
final class Documents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Documents() {}

  /// The documents of a log in the runtime's format, by the number of the line, from 0, with which
  /// each begins.
  static SortedMap<Integer, JsonNode> of(byte[] log) {
    int begin = 0;
    while (log[begin] == 0) {
      begin++;
    }
    Framer framer = framer();
    framer.begin(new Position(new GenerationId(1, 1), begin, begin), LogFormat.CRI);
    Encoder encoder = new Encoder();
    BulkBody body = new BulkBody(1024);
    SortedMap<Integer, JsonNode> documents = new TreeMap<>();
    Block scratch = new Block(1024);
    BlockOutput out = block -> encode(block, log, encoder, body, documents);
    framer.feed(log, begin, log.length - begin, begin, true, 0, scratch, out);
    framer.closeAll(scratch, out);
    return documents;
  }

  /// How many bytes all documents of a log have.
  static long bytesOf(byte[] log, RedactConfig redact) {
    Framer framer = framer();
    framer.begin(new Position(new GenerationId(1, 1), 0, 0), LogFormat.CRI);
    Encoder encoder = new Encoder(new SimpleMeterRegistry(), LevelNames.NONE, redact);
    BulkBody body = new BulkBody(1024);
    long[] bytes = new long[1];
    Block scratch = new Block(1024);
    BlockOutput out =
        block -> {
          block.snapshot(snapshot());
          RecordCursor cursor = new RecordCursor();
          cursor.over(block);
          for (int ordinal = 0; cursor.advance(); ordinal++) {
            body.clear();
            encoder.encode(block, cursor, 1, ordinal, false, body);
            bytes[0] += body.length();
          }
        };
    framer.feed(log, 0, log.length, 0, true, 0, scratch, out);
    framer.closeAll(scratch, out);
    return bytes[0];
  }

  private static Framer framer() {
    return new Framer(
        FrameConfig.defaults(),
        FrameRules.of(FrameConfig.defaults()),
        new FrameMetrics(new SimpleMeterRegistry()));
  }

  private static Snapshot snapshot() {
    return new Snapshot(
        new ContainerRef("shop", "checkout-7d9f", "4f7c", "checkout"),
        "logs-kubernetes.container_logs-default",
        "\"kubernetes\":{\"namespace\":\"shop\"}".getBytes(StandardCharsets.UTF_8),
        "/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log",
        true,
        List.of());
  }

  private static void encode(
      Block block,
      byte[] log,
      Encoder encoder,
      BulkBody body,
      SortedMap<Integer, JsonNode> documents) {
    block.snapshot(snapshot());
    RecordCursor cursor = new RecordCursor();
    cursor.over(block);
    for (int ordinal = 0; cursor.advance(); ordinal++) {
      body.clear();
      encoder.encode(block, cursor, 1, ordinal, false, body);
      String[] item =
          new String(body.bytes(), 0, body.length(), StandardCharsets.UTF_8).split("\n", 3);
      try {
        documents.put(lineNumber(log, cursor.start()), JSON.readTree(item[1]));
      } catch (IOException e) {
        throw new UncheckedIOException(item[1], e);
      }
    }
  }

  private static int lineNumber(byte[] log, long offset) {
    int lines = 0;
    for (int i = 0; i < offset; i++) {
      lines += log[i] == '\n' ? 1 : 0;
    }
    return lines;
  }

  /// The text at a pointer such as `/log/level`, or null.
  static @Nullable String text(JsonNode document, String pointer) {
    JsonNode at = document.at(pointer);
    return at.isMissingNode() || at.isNull() ? null : at.asText();
  }

  /// The names of the logs in a folder, without their ending.
  static List<String> logsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .map(name -> name.substring(0, name.length() - ".log".length()))
          .sorted()
          .toList();
    }
  }
}
