package dev.longshore.rulelab.command;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/// How far something is that takes long: a bar that is drawn in place on a terminal, elsewhere a
/// line for each tenth.
final class ProgressLine {
  private static final int WIDTH = 30;
  private static final int TENTHS = 10;

  /// Clears what is left of a longer line.
  private static final String TO_THE_END = "\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final String name;
  private int drawn = -1;

  /// @param name of what is done
  ProgressLine(PrintStream out, boolean terminal, String name) {
    this.out = out;
    this.terminal = terminal;
    this.name = name;
  }

  /// Whether this process has a terminal.
  static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// @param done from 0 to 1
  void show(double done) {
    int now = (int) (Math.clamp(done, 0, 1) * (terminal ? 100 : TENTHS));
    if (now == drawn) {
      return;
    }
    drawn = now;
    if (terminal) {
      int full = now * WIDTH / 100;
      out.print(
          "\r"
              + name
              + " ▕"
              + "█".repeat(full)
              + " ".repeat(WIDTH - full)
              + "▏ "
              + now
              + "%"
              + TO_THE_END);
    } else {
      out.println(String.format(Locale.ROOT, "%s: %d%%", name, now * 100 / TENTHS));
    }
    out.flush();
  }

  /// Takes the bar away.
  void end() {
    if (terminal) {
      out.print("\r" + TO_THE_END);
      out.flush();
    }
  }
}
