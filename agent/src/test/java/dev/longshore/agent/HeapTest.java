package dev.longshore.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ProductJava;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The container's memory limit, the heap and the memory budget are derived from each other, and
/// the chart's defaults belong together.
class HeapTest {

  /// What the JVM takes beside the heap: classes, code, stacks and buffers, as the bench measured
  /// it.
  private static final long BESIDE_HEAP_BYTES = 110L << 20;

  private static final Pattern MEMORY =
      Pattern.compile("^ {4}memory: (\\d+)Mi$", Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"192m", "256m", "320m", "512m", "1g"})
  void theHeapIsAQuarterOfTheContainersLimit(String limit) throws Exception {
    assertThat(maxHeapBytes(Map.of(), "-XX:MaxRAM=" + limit))
        .isEqualTo(DataSize.parse(limit.replace("m", "MiB").replace("g", "GiB")).bytes() / 4);
  }

  @Test
  void whatTheEnvironmentSaysGoesBefore() throws Exception {
    assertThat(maxHeapBytes(Map.of("JAVA_TOOL_OPTIONS", "-Xmx200m"), AgentProcess.MEMORY))
        .isEqualTo(200L << 20);
  }

  @Test
  void theChartsDefaultsHoldHeapAndJvmAndTheProductIsTestedUnderThem() throws Exception {
    Matcher memory = MEMORY.matcher(values());
    assertThat(memory.find()).isTrue();
    long requestBytes = Long.parseLong(memory.group(1)) << 20;
    assertThat(memory.find()).isTrue();
    long limitBytes = Long.parseLong(memory.group(1)) << 20;

    assertThat(AgentProcess.MEMORY).isEqualTo("-XX:MaxRAM=" + (limitBytes >> 20) + "m");
    assertThat(Files.readString(ProjectFolder.find().resolve("longshore")))
        .contains(AgentProcess.MEMORY);
    long heapBytes = maxHeapBytes(Map.of(), AgentProcess.MEMORY);
    assertThat(heapBytes + BESIDE_HEAP_BYTES).isLessThanOrEqualTo(requestBytes);
    assertThat(Agent.memoryBytes(heapBytes)).isEqualTo(limitBytes / 8);
  }

  private static String values() throws IOException {
    Path values = ProjectFolder.find().resolve("deploy/charts/longshore-agent/values.yaml");
    return Files.readString(values);
  }

  /// Asks a JVM with the product's own flags.
  private static long maxHeapBytes(Map<String, String> environment, String option)
      throws IOException, InterruptedException {
    Path flags = ProjectFolder.find().resolve("agent/src/main/jvm/agent.jvmflags");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                ProductJava.command(), "@" + flags, option, "-XX:+PrintFlagsFinal", "-version"));
    builder.environment().putAll(environment);
    Process java = builder.redirectErrorStream(true).start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(output).isZero();
    Matcher found = Pattern.compile("MaxHeapSize\\s+= (\\d+)").matcher(output);
    assertThat(found.find()).as(output).isTrue();
    return Long.parseLong(found.group(1));
  }
}
