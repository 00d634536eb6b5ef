package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process has used so far, as Linux counts it in `/proc`.
///
/// @param cpuSeconds user and system time of all its threads
/// @param peakResidentBytes the most memory it ever had resident (`VmHWM`)
record ProcessCost(double cpuSeconds, long peakResidentBytes) {
  /// `USER_HZ` is 100 on every Linux that Java runs on; see proc(5).
  private static final double TICKS_PER_SECOND = 100;

  static ProcessCost of(long pid) throws IOException {
    Path folder = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(folder.resolve("stat"));
    // The name in parentheses may hold blanks; the fields are counted from behind it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    long peak =
        Files.readAllLines(folder.resolve("status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
            .findFirst()
            .orElseThrow(() -> new IOException("no VmHWM in " + folder.resolve("status")));
    return new ProcessCost(ticks / TICKS_PER_SECOND, peak);
  }
}
