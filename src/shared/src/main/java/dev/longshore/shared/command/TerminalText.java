package dev.longshore.shared.command;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// UTF-8 text for a terminal, in which control characters other than tabs and ends of lines are
/// written as `\u001b`: labels, patterns of log lines and reasons come from strangers, and a
/// terminal obeys what they hold.
final class TerminalText extends FilterOutputStream {

  /// The first byte of U+0080 to U+009F, among others: the second says whether it is one of these.
  private static final int LEAD = 0xc2;

  /// Whether [#LEAD] was seen and is not written yet.
  private boolean held;

  TerminalText(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    int value = b & 0xff;
    if (held) {
      held = false;
      if (value >= 0x80 && value < 0xa0) {
        escape(value);
        return;
      }
      out.write(LEAD);
    }
    if (value == LEAD) {
      held = true;
    } else if (value == 0x7f || (value < 0x20 && value != '\n' && value != '\t' && value != '\r')) {
      escape(value);
    } else {
      out.write(value);
    }
  }

  private void escape(int value) throws IOException {
    out.write("\\u%04x".formatted(value).getBytes(StandardCharsets.US_ASCII));
  }

  /// What lies between this and the process's output gathers single bytes.
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }
}
