package dev.longshore.shared.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;

/// The process's stderr, unbuffered; closing it does nothing, because Logback closes what it wrote
/// to each time it is set up anew.
final class Stderr extends FilterOutputStream {
  Stderr() {
    super(new FileOutputStream(FileDescriptor.err));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void close() {}
}
