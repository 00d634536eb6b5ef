package dev.longshore.release;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 of what is written, as images write it: `sha256:` and hexadecimal digits.
final class Digests extends FilterOutputStream {
  private final MessageDigest sha256 = sha256();

  Digests(OutputStream out) {
    super(out);
  }

  static String of(Path file) throws IOException {
    Digests digests = new Digests(OutputStream.nullOutputStream());
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(digests);
    }
    return digests.digest();
  }

  @Override
  public void write(int b) throws IOException {
    sha256.update((byte) b);
    out.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    sha256.update(bytes, offset, length);
    out.write(bytes, offset, length);
  }

  /// Of everything so far; begins anew.
  String digest() {
    return "sha256:" + HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
