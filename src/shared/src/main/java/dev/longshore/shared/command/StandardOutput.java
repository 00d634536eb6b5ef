package dev.longshore.shared.command;

import dev.longshore.shared.log.Terminal;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// The standard output of a command, which remembers whether all of it was written: a [PrintStream]
/// alone swallows a full disk, and `export > letters.ndjson` would be called a success.
///
/// Who closes a pipe early, as `head` does, has seen enough: that is no success either, but nothing
/// is said of it.
public final class StandardOutput {
  private static final int FAILED = 1;
  private static final String CLOSED_PIPE = "Broken pipe";

  private final Watched watched;
  private final PrintStream stream;

  /// @param out where the output goes
  /// @param isTerminal whether a person's terminal shows it
  StandardOutput(OutputStream out, boolean isTerminal) {
    this.watched = new Watched(out);
    OutputStream gathered = new BufferedOutputStream(watched);
    this.stream =
        new PrintStream(
            isTerminal ? new TerminalText(gathered) : gathered, true, System.out.charset());
  }

  /// This process's.
  public static StandardOutput ofProcess() {
    return new StandardOutput(new FileOutputStream(FileDescriptor.out), Terminal.isAt(1));
  }

  /// What a command prints to.
  public PrintStream stream() {
    return stream;
  }

  /// Whether nobody gets any more of it.
  public boolean isClosed() {
    return stream.checkError();
  }

  /// The exit code of a command, once it has printed everything.
  ///
  /// @param code what it says itself
  /// @param command its name, before what is said of an output that could not be written
  public int exitCode(int code, String command, PrintStream err) {
    if (!isClosed()) {
      return code;
    }
    IOException failure = watched.failure;
    String why = failure == null ? "it is closed" : String.valueOf(failure.getMessage());
    if (!why.equals(CLOSED_PIPE)) {
      err.println(command + ": the standard output can't be written: " + why);
    }
    return code == 0 ? FAILED : code;
  }

  private static final class Watched extends FilterOutputStream {
    private @Nullable IOException failure;

    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
