package dev.longshore.agent.buffer;

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

  public boolean isEmpty() {
    return equals(NONE);
  }

  /// Nothing but what a killed process was writing: that is read again, and nothing is wrong with
  /// the disk.
  public boolean isOnlyTorn() {
    return files == 0 && generationsRolledBack == 0;
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
