package dev.longshore.agent.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.RecordCursor;
import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.filter.FilterRule;
import dev.longshore.agent.filter.PodFilters;
import dev.longshore.agent.frame.FrameMetrics;
import dev.longshore.agent.frame.FrameRules;
import dev.longshore.agent.frame.Framer;
import dev.longshore.agent.ship.encode.Encoder;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.net.FailureText;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/// `longshore agent filter --config F FILE`: what `filters` would leave out of recorded lines, a
/// file in the runtime's format (CRI), or one that was compressed by rotation.
///
/// Where the lines are from is said by options, as the file does not have it. Which records a
/// `sample` ships depends on the real file; here it shows how many.
final class FilterCommand {
  private static final int SLICE_BYTES = 256 << 10;
  private static final int LONGEST_SHOWN = 160;

  /// How a file begins that gzip has compressed.
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private final Map<String, String> environment;
  private final PrintStream out;

  FilterCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  int run(List<String> words) throws Wrong, IOException {
    Arguments arguments =
        new Arguments(
            words,
            Set.of("--config", "--namespace", "--container", "--workload", "--labels"),
            Set.of("--lines"),
            1);
    String config = arguments.value("--config");
    if (config == null || arguments.operands().isEmpty()) {
      throw new Wrong("--config FILE and a file of recorded lines are required");
    }
    AgentConfig agent = AgentConfig.load(Path.of(config), environment);
    Trial trial = new Trial(agent, snapshot(arguments), arguments.has("--lines"));
    try (InputStream lines = recorded(Path.of(arguments.operands().getFirst()))) {
      trial.feed(lines);
    }
    trial.summary();
    return Commands.OK;
  }

  /// What a file holds, also one that the kubelet has rotated and compressed.
  ///
  /// @throws IllegalArgumentException when it can't be opened: another file was meant
  private static InputStream recorded(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + " is a directory; name a file of recorded lines");
    }
    InputStream bytes;
    try {
      bytes = new BufferedInputStream(Files.newInputStream(file));
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new IllegalArgumentException(FailureText.of(e), e);
    }
    bytes.mark(GZIP.length);
    byte[] begin = bytes.readNBytes(GZIP.length);
    bytes.reset();
    return Arrays.equals(begin, GZIP) ? new GZIPInputStream(bytes) : bytes;
  }

  private static Snapshot snapshot(Arguments arguments) throws Wrong {
    ObjectNode fields = new ObjectMapper().createObjectNode();
    ObjectNode kubernetes = fields.putObject("kubernetes");
    String namespace = arguments.value("--namespace", "default");
    String container = arguments.value("--container", "app");
    kubernetes.put("namespace", namespace);
    String workload = arguments.value("--workload");
    if (workload != null) {
      kubernetes.putObject("deployment").put("name", workload);
    }
    ObjectNode labels = kubernetes.putObject("labels");
    for (String label : arguments.value("--labels", "").split(",", -1)) {
      int equals = label.indexOf('=');
      if (equals > 0) {
        labels.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip());
      } else if (!label.isBlank()) {
        throw new Wrong("--labels has '" + label + "'; write name=value,name=value");
      }
    }
    String json = fields.toString();
    return new Snapshot(
        new ContainerRef(namespace, "recorded", "recorded", container),
        "recorded",
        json.substring(1, json.length() - 1).getBytes(StandardCharsets.UTF_8),
        "recorded",
        true,
        List.of());
  }

  /// The records of one file, counted by the rule that leaves each out.
  private final class Trial {
    private final AgentConfig config;
    private final Snapshot snapshot;
    private final boolean lines;
    private final Encoder encoder;
    private final RecordCursor cursor = new RecordCursor();
    private final long[] records;
    private final long[] bytes;
    private long allRecords;
    private long allBytes;

    Trial(AgentConfig config, Snapshot snapshot, boolean lines) {
      this.config = config;
      this.snapshot = snapshot;
      this.lines = lines;
      encoder =
          new Encoder(
              new SimpleMeterRegistry(), config.levels(), config.redact(), config.filters());
      records = new long[config.filters().rules().size()];
      bytes = new long[records.length];
    }

    /// A file may be larger than the memory of a command.
    void feed(InputStream log) throws IOException {
      Framer framer =
          new Framer(
              config.frame(),
              FrameRules.of(config.frame()),
              new FrameMetrics(new SimpleMeterRegistry()));
      framer.begin(Position.start(new GenerationId(1, 1)), LogFormat.CRI);
      Block scratch = new Block(SLICE_BYTES);
      byte[] slice = new byte[SLICE_BYTES];
      int filled = 0;
      long offset = 0;
      boolean atEnd = false;
      while (!atEnd) {
        filled += log.readNBytes(slice, filled, slice.length - filled);
        atEnd = filled < slice.length;
        int taken = framer.feed(slice, 0, filled, offset, atEnd, 0, scratch, this::count);
        System.arraycopy(slice, taken, slice, 0, filled - taken);
        filled -= taken;
        offset += taken;
      }
      framer.closeAll(scratch, this::count);
    }

    private void count(Block block) {
      block.snapshot(snapshot);
      cursor.over(block);
      while (cursor.advance()) {
        int rule = encoder.filteredBy(block, cursor);
        allRecords++;
        allBytes += cursor.rawBytes();
        if (rule != PodFilters.SHIPPED) {
          records[rule]++;
          bytes[rule] += cursor.rawBytes();
        }
        if (lines) {
          out.printf(
              "%-24s %s%n",
              rule == PodFilters.SHIPPED ? "ship" : encoder.filterName(rule), shown(block));
        }
      }
    }

    private String shown(Block block) {
      String text =
          new String(encoder.original(block, cursor), StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElse("");
      return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    void summary() {
      out.printf("%-24s %-16s %12s %14s %7s%n", "RULE", "ACTION", "LEFT OUT", "BYTES", "SHARE");
      long left = 0;
      long leftBytes = 0;
      for (int i = 0; i < records.length; i++) {
        FilterRule rule = config.filters().rules().get(i);
        row(rule.name(), rule.action(), records[i], bytes[i]);
        left += records[i];
        leftBytes += bytes[i];
      }
      row("all rules", "", left, leftBytes);
      out.printf("%,d of %,d records would be shipped.%n", allRecords - left, allRecords);
    }

    private void row(String name, String action, long count, long size) {
      out.printf(
          "%-24s %-16s %,12d %,14d %6.1f%%%n",
          name, action, count, size, allBytes == 0 ? 0.0 : 100.0 * size / allBytes);
    }
  }
}
