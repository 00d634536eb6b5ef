package dev.longshore.bench;

/// What one run of the corpus measured.
///
/// @param bytes of log that were shipped
/// @param cost of the whole agent process, from its start until the last record was acknowledged
/// @param seconds wall time of the same
/// @param gzipCpuSeconds what `gzip -1` took for the same bytes
record Figures(
    long bytes, long lines, long records, ProcessCost cost, double seconds, double gzipCpuSeconds) {
  static final double MIB = 1048576.0;

  double bytesPerCpuSecond() {
    return bytes / cost.cpuSeconds();
  }

  double linesPerCpuSecond() {
    return lines / cost.cpuSeconds();
  }

  double gzipBytesPerCpuSecond() {
    return bytes / gzipCpuSeconds;
  }

  double ratioToGzip() {
    return bytesPerCpuSecond() / gzipBytesPerCpuSecond();
  }

  /// Its keys in the JSON stay as they are, so that old and new figures can be compared.
  Report report() {
    return new Report(bytesPerCpuSecond())
        .add("bytes", bytes, "log", "%.1f MB", bytes / 1e6)
        .add("lines", lines, "lines", "%,d", lines)
        .add("records", records, "records", "%,d", records)
        .add(
            "cpuSeconds",
            cost.cpuSeconds(),
            "CPU seconds, whole process",
            "%.2f",
            cost.cpuSeconds())
        .add("wallSeconds", seconds, "wall seconds", "%.2f", seconds)
        .add(
            "bytesPerCpuSecond",
            Math.rint(bytesPerCpuSecond()),
            "MB of log per CPU second",
            "%.1f",
            bytesPerCpuSecond() / 1e6)
        .add(
            "linesPerCpuSecond",
            Math.rint(linesPerCpuSecond()),
            "lines per CPU second",
            "%,.0f",
            linesPerCpuSecond())
        .add(
            "gzipBytesPerCpuSecond",
            Math.rint(gzipBytesPerCpuSecond()),
            "gzip -1, MB per CPU second",
            "%.1f",
            gzipBytesPerCpuSecond() / 1e6)
        .add("ratioToGzip", ratioToGzip(), "ratio to gzip -1", "%.2f", ratioToGzip())
        .add(
            "peakResidentBytes",
            cost.peakResidentBytes(),
            "peak resident memory (VmHWM)",
            "%.0f MiB",
            cost.peakResidentBytes() / MIB);
  }
}
