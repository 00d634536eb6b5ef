package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.deploy.RunningAgent.Settings;
import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An alert of the chart on the agent fires by the fault that it names, and ends with it: a real
/// agent's metrics before, during and after the fault, each held for a while of Prometheus' time,
/// under the chart's own rules in promtool.
class AgentAlertsIT {
  /// Together more than the buffer of 16 MiB holds.
  private static final int PODS = 60;

  private static final int LINES = 8_000;

  @TempDir Path folder;
  private RunningAgent agent;

  @BeforeEach
  void make() throws IOException {
    agent = new RunningAgent(folder);
  }

  @AfterEach
  void close() {
    agent.close();
  }

  @Test
  void notReadyWhileTheCredentialsAreRefused() throws Exception {
    agent.start();
    agent.healthy();

    agent.sink.answerOthers(_ -> SinkAnswer.Refusal.of(401, "security_exception"));
    agent.line("paid");
    agent.phase("longshore_ready{check=\"elasticsearch\",}", "0.0");
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    agent.phase("longshore_ready{check=\"elasticsearch\",}", "1.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentNotReady");
  }

  @Test
  void bufferFullAndNotShippingWhileElasticsearchTakesNothing() throws Exception {
    agent.start();
    agent.healthy();

    agent.sink.answerOthers(_ -> SinkAnswer.Refusal.of(503, "unavailable"));
    // One container would be stopped by its share of the buffer before.
    for (int pod = 0; pod < PODS; pod++) {
      agent.useLog("order-" + pod);
      agent.append("paid order", LINES);
    }
    agent.untilPositive("longshore_agent_reading_paused{reason=\"buffer_full\",}");
    agent.phase(AlertTimeline.LONG);
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    await().atMost(Duration.ofMinutes(2)).until(() -> agent.sink.items() > PODS * LINES);
    agent.phase("longshore_agent_buffer_pending_blocks", "0.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentBufferFull");
    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentNotShipping");
  }

  @Test
  void behindWhileALineIsNotSearchable() throws Exception {
    agent.start();
    agent.untilHealthy();
    agent.untilSearchable();
    agent.phaseInTime();

    agent.sink.answerOthers(_ -> SinkAnswer.Refusal.of(503, "unavailable"));
    agent.line("paid");
    agent.untilPositive("longshore_agent_buffer_pending_blocks");
    agent.phaseInTime();
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    agent.untilSearchable();
    agent.phaseInTime();

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentBehind");
  }

  @Test
  void diskFullWhileThereIsLessThanTheFloorOfFreeSpace() throws Exception {
    agent.start();
    agent.healthy();
    agent.stop();

    agent.start(new Settings("16TiB", "", "{enabled: false}"));
    agent.line("paid");
    agent.phase("longshore_agent_reading_paused{reason=\"below_min_free\",}", "1.0");
    assertThat(agent.get("/readyz")).contains("is below buffer.minFree 16TiB");
    agent.stop();
    agent.start();
    agent.phase("longshore_agent_reading_paused{reason=\"below_min_free\",}", "0.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentDiskFull");
  }

  @Test
  void stuckWhileAThreadMakesNoTurns() throws Exception {
    agent.start();
    SupervisedThread thread =
        agent.supervisor().platform("stuck", Duration.ofNanos(1), new CountDownLatch(1)::await);
    agent.healthy();

    thread.start();
    agent.phase("longshore_thread_stuck{thread=\"stuck\",}", "1.0");
    assertThat(agent.get("/healthz")).contains("thread stuck is stuck");
    thread.interrupt();
    agent.phase("longshore_thread_stuck{thread=\"stuck\",}", "0.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentStuck");
  }

  @Test
  void downWhileItDoesNotAnswerAndAbsentWhileThereIsNone() throws Exception {
    agent.start();
    agent.healthy();
    agent.stop();
    assertThat(agent.get("/metrics")).isEmpty();
    agent.alerts.silent("agent-x", AlertTimeline.LONG).absent(AlertTimeline.LONG);
    agent.start();
    agent.replacedBy("agent-y");
    agent.phase(AlertTimeline.LONG);

    agent.alerts.assertFiring("LongshoreAgentDown", false, true, false, false);
    agent.alerts.assertFiring("LongshoreAgentsAbsent", false, false, true, false);
  }

  @Test
  void restartingWhileItIsKilledAgainAndAgain() throws Exception {
    URI ops = URI.create("http://127.0.0.1:" + FreePorts.one());
    Path config = agent.writeConfig(Settings.DEFAULT, ops);
    for (int run = 0; run < 4; run++) {
      try (AgentProcess process =
          AgentProcess.start(config, folder.resolve("agent.log"), ops, List.of(), Map.of())) {
        await().atMost(RunningAgent.SOON).until(() -> !metrics(process).isEmpty());
        AlertTimeline.Scrape scrape = RunningAgent.scrape(metrics(process));
        agent.alerts.answers(
            "agent-x", scrape, scrape, run == 0 ? AlertTimeline.LONG : AlertTimeline.SHORT);
        if (run == 3) {
          agent.alerts.answers("agent-x", scrape, scrape, AlertTimeline.LONG);
        }
      }
    }

    agent.alerts.assertFiring("LongshoreAgentRestarting", false, false, false, true, false);
  }

  @Test
  void unreadableFilesWhileItsRightsDoNotReachOne() throws Exception {
    URI ops = URI.create("http://127.0.0.1:" + FreePorts.one());
    Path config = agent.writeConfig(Settings.DEFAULT, ops);
    boolean root = Files.isReadable(Path.of("/etc/shadow"));
    List<String> withoutCapabilities =
        List.of(
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
            "--inh-caps",
            "-dac_override,-dac_read_search");
    try (AgentProcess process =
        AgentProcess.start(
            config,
            folder.resolve("agent.log"),
            ops,
            root ? withoutCapabilities : List.of(),
            Map.of())) {
      process(process, "0.0");
      Path secret = agent.useLog("vault-0");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
      process(process, "1.0");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
      process(process, "0.0");
    }

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentUnreadableFiles");
  }

  private void process(AgentProcess process, String unreadableFiles) {
    await()
        .atMost(RunningAgent.SOON)
        .until(
            () ->
                metrics(process)
                    .contains("\nlongshore_agent_tail_unreadable_files " + unreadableFiles));
    AlertTimeline.Scrape scrape = RunningAgent.scrape(metrics(process));
    agent.alerts.answers("agent-x", scrape, scrape, AlertTimeline.LONG);
  }

  /// Empty while it does not answer.
  private static String metrics(AgentProcess process) {
    try {
      return process.get("/metrics");
    } catch (IOException e) {
      return "";
    }
  }
}
