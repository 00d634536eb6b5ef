package dev.longshore.agent.buffer;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// What was found damaged, when the buffer was opened and since.
///
/// @param files queue files in which something could not be read, or that were missing
/// @param regions stretches without a right checksum; a torn tail counts as one
/// @param bytes how long those stretches are
/// @param tornTails of the regions, those at the end of a file that a killed process was writing
/// @param generationsRolledBack log files whose position fell back, so that they are read again
/// @param blocksLost blocks that became unreadable and that nothing reads again
public record DamageReport(
    int files, int regions, long bytes, int tornTails, int generationsRolledBack, long blocksLost) {

  /// Nothing at all, not even a torn tail.
  public static final DamageReport NONE = new DamageReport(0, 0, 0, 0, 0, 0);

  private static final Logger LOG = LoggerFactory.getLogger(Buffer.class);

  public boolean isEmpty() {
    return equals(NONE);
  }

  /// Nothing but what a killed process was writing: that is read again, and nothing is wrong with
  /// the disk.
  public boolean isOnlyTorn() {
    return files == 0 && generationsRolledBack == 0;
  }

  /// Counts and logs what was found at the opening.
  void tell(Path dir, BufferMetrics metrics) {
    boolean onlyTorn = isOnlyTorn();
    metrics.damaged(bytes);
    metrics.damagedFiles(onlyTorn ? 0 : Math.max(files, 1));
    if (isEmpty()) {
      return;
    }
    LOG.atLevel(onlyTorn ? Level.INFO : Level.WARN)
        .setMessage(
            onlyTorn
                ? "buffer ends in an unfinished entry, as after a kill; what it held is read again"
                : "buffer is damaged; readable blocks are kept")
        .addKeyValue("dir", dir)
        .addKeyValue("files", files)
        .addKeyValue("regions", regions)
        .addKeyValue("bytes", bytes)
        .addKeyValue("tornTails", tornTails)
        .addKeyValue("readAgain", generationsRolledBack)
        .log();
  }

  /// One more block could not be read.
  DamageReport andBlock(long blockBytes, boolean lost) {
    return new DamageReport(
        files,
        regions + 1,
        bytes + blockBytes,
        tornTails,
        generationsRolledBack,
        blocksLost + (lost ? 1 : 0));
  }

  /// More generations fell back.
  DamageReport andFallbacks(int count) {
    return new DamageReport(
        files, regions, bytes, tornTails, generationsRolledBack + count, blocksLost);
  }
}
