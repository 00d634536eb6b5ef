package dev.longshore.bench;

import java.io.PrintStream;
import java.util.Locale;

/// What one run measured.
///
/// @param bytes of log that were shipped
/// @param cost of the whole agent process, from its start until the last record was acknowledged
/// @param seconds wall time of the same
/// @param gzipCpuSeconds what `gzip -1` took for the same bytes
record Figures(
    long bytes, long lines, long records, ProcessCost cost, double seconds, double gzipCpuSeconds) {

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

  String inShort() {
    return format(
        "%.2f CPU s, %.1f s, ratio %.2f, %.0f MiB",
        cost.cpuSeconds(), seconds, ratioToGzip(), cost.peakResidentBytes() / 1048576.0);
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT, "%-36s %14s%n", "log", format("%.1f MB, %,d lines", bytes / 1e6, lines));
    row(out, "records", "%,d", records);
    row(out, "CPU seconds, whole process", "%.2f", cost.cpuSeconds());
    row(out, "wall seconds", "%.2f", seconds);
    row(out, "MB of log per CPU second", "%.1f", bytesPerCpuSecond() / 1e6);
    row(out, "lines per CPU second", "%,.0f", linesPerCpuSecond());
    row(out, "gzip -1, MB per CPU second", "%.1f", gzipBytesPerCpuSecond() / 1e6);
    row(out, "ratio to gzip -1", "%.2f", ratioToGzip());
    row(out, "peak resident memory (VmHWM)", "%.0f MiB", cost.peakResidentBytes() / 1048576.0);
  }

  private static void row(PrintStream out, String name, String format, Object value) {
    out.printf(Locale.ROOT, "%-36s %14s%n", name, format(format, value));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  String json() {
    return format(
        """
        {
          "throughput": {
            "bytes": %d,
            "lines": %d,
            "records": %d,
            "cpuSeconds": %.3f,
            "wallSeconds": %.3f,
            "bytesPerCpuSecond": %.0f,
            "linesPerCpuSecond": %.0f,
            "gzipBytesPerCpuSecond": %.0f,
            "ratioToGzip": %.4f,
            "peakResidentBytes": %d
          }
        }
        """,
        bytes,
        lines,
        records,
        cost.cpuSeconds(),
        seconds,
        bytesPerCpuSecond(),
        linesPerCpuSecond(),
        gzipBytesPerCpuSecond(),
        ratioToGzip(),
        cost.peakResidentBytes());
  }
}
