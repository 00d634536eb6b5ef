package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.deploy.RunningAgent.Settings;
import dev.longshore.testkit.SinkAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerts on lines that are lost or refused fire when that happens, also when a pod that
/// replaced another found the loss before its first scrape, and end when nothing more is lost.
class AgentLossAlertsIT {
  private static final String LOST = "longshore_agent_tail_lost_bytes_total";

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
  void lostLogsWhenAFileIsDeletedBeforeItWasRead() throws Exception {
    agent.start();
    agent.healthy();
    agent.stop();

    loseWhatIsWritten();
    agent.phase(AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentLostLogs");
  }

  @Test
  void lostLogsThatANewPodFoundBeforeItsFirstScrape() throws Exception {
    agent.start();
    agent.healthy();
    agent.stop();

    agent.replacedBy("agent-y");
    loseWhatIsWritten();
    agent.phase(AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentLostLogs");
  }

  /// Reading is stopped by the disk, and deleted files are not held.
  private void loseWhatIsWritten() throws IOException {
    agent.start(new Settings("16TiB", ", maxHeld: 0B", "{enabled: false}"));
    agent.useLog("cart-51c2");
    agent.append("paid", 100);
    agent.untilPositive("longshore_agent_reading_paused{reason=\"below_min_free\",}");
    Files.delete(agent.log());
    agent.untilPositive(LOST);
  }

  @Test
  void deadLettersWhenElasticsearchRefusesRecords() throws Exception {
    agent.start();
    agent.healthy();

    refuseRecords(SinkAnswer.Items.of(201));
    agent.line("refused");
    agent.phase(
        "longshore_agent_ship_records_total{outcome=\"dead_lettered\",}",
        "1.0",
        AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentDeadLetters");
  }

  @Test
  void deadLettersOfAContainerThatHasNoOtherRecords() throws Exception {
    agent.start();
    agent.healthy();

    refuseRecords(SinkAnswer.Items.of(201));
    agent.useLog("job-29381");
    agent.line("refused");
    agent.phase(
        "longshore_agent_ship_records_total{outcome=\"dead_lettered\",}",
        "1.0",
        AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentDeadLetters");
  }

  @Test
  void deadLettersFullWhenThereIsNoRoomForThemOnDiskEither() throws Exception {
    agent.start();
    agent.healthy();

    refuseRecords(SinkAnswer.Items.of(400));
    agent.append("refused " + "x".repeat(1_000), 3_000);
    agent.untilPositive("longshore_agent_dead_letters_full_total");
    agent.phase(AlertTimeline.SHORT);
    agent.stop();
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    agent.start();
    agent.phase("longshore_agent_buffer_pending_blocks", "0.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentDeadLettersFull");
  }

  /// Refuses every record, as a mapping does.
  ///
  /// @param asDeadLetters what the dead-letter data stream answers
  private void refuseRecords(SinkAnswer asDeadLetters) {
    agent.sink.answerOthers(
        request ->
            request.dataStream().contains("dead_letter")
                ? asDeadLetters
                : SinkAnswer.Items.of(400));
  }

  @Test
  void bufferDamagedWhenNeitherTheQueueNorTheLogHasALine() throws Exception {
    agent.start();
    agent.healthy();

    agent.sink.answerOthers(_ -> SinkAnswer.Refusal.of(503, "unavailable"));
    agent.useLog("cart-51c2");
    agent.line("to be damaged");
    agent.until("longshore_agent_buffer_pending_blocks", "1.0");
    agent.line("after it");
    agent.until("longshore_agent_buffer_pending_blocks", "2.0");
    agent.until("longshore_agent_tail_followed_files", "2.0");
    Files.delete(agent.log());
    agent.until("longshore_agent_tail_followed_files", "1.0");
    flipABit("to be damaged");
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    agent.untilPositive("longshore_agent_buffer_lost_blocks_total");
    agent.phase(AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentBufferDamaged");
  }

  @Test
  void bufferDamagedWhenItIsFoundAtTheStart() throws Exception {
    agent.start();
    agent.healthy();

    agent.sink.answerOthers(_ -> SinkAnswer.Refusal.of(503, "unavailable"));
    agent.useLog("cart-51c2");
    agent.line("to be damaged");
    agent.until("longshore_agent_buffer_pending_blocks", "1.0");
    agent.line("after it");
    agent.until("longshore_agent_buffer_pending_blocks", "2.0");
    agent.stop();
    flipABit("to be damaged");
    agent.sink.answerOthers(_ -> new SinkAnswer.Success());
    agent.start();
    agent.phase("longshore_agent_buffer_pending_blocks", "0.0", AlertTimeline.SHORT);
    agent.phase(AlertTimeline.LONG);

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentBufferDamaged");
  }

  private void flipABit(String message) throws IOException {
    int places = 0;
    for (Path file : queueFiles()) {
      byte[] content = Files.readAllBytes(file);
      String text = new String(content, StandardCharsets.ISO_8859_1);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (int at = text.indexOf(message); at >= 0; at = text.indexOf(message, at + 1)) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (content[at] ^ 1)}), at);
          places++;
        }
      }
    }
    assertThat(places).isPositive();
  }

  private List<Path> queueFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("earlier", "queue")) {
      Path in = agent.bufferFolder().resolve(part);
      if (Files.isDirectory(in)) {
        try (Stream<Path> found = Files.list(in)) {
          found.filter(file -> file.toString().endsWith(".cq4")).sorted().forEach(files::add);
        }
      }
    }
    return files;
  }
}
