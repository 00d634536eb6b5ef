package dev.longshore.alerting.metrics;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.TlsContexts;
import dev.longshore.shared.tls.TlsFileCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Files for TLS with a source.
///
/// @param caFile PEM file with the authorities to trust instead of the JVM's own
/// @param certFile PEM file with our certificate; with `keyFile`
/// @param keyFile PEM file with the certificate's private key
/// @param insecureSkipVerify whether any server is taken for the right one
public record TlsFiles(
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    boolean insecureSkipVerify) {

  /// The JVM's own trust, and no certificate of ours.
  public static final TlsFiles NONE = new TlsFiles(null, null, null, false);

  /// @throws IllegalArgumentException when one of certificate and key is missing
  public TlsFiles {
    if ((certFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException("certFile and keyFile go together; one is missing");
    }
    if (caFile != null && insecureSkipVerify) {
      throw new IllegalArgumentException(
          "caFile and insecureSkipVerify exclude each other: the one says whom to trust, the other"
              + " trusts everybody");
    }
  }

  /// @throws IllegalArgumentException when a file can't be used, with its name and the reason
  SSLContext context(Clock clock) {
    return TlsContexts.of(
        caFile == null ? null : Pem.ofFile("caFile", caFile),
        certFile == null ? null : Pem.ofFile("certFile", certFile),
        keyFile == null ? null : Pem.ofFile("keyFile", keyFile),
        insecureSkipVerify,
        clock);
  }

  /// What is wrong with the files; a text each, none when all is well.
  ///
  /// @param prefix goes before the keys that name them
  public List<String> problems(String prefix, Clock clock) {
    return TlsFileCheck.problems(prefix, caFile, certFile, keyFile, clock);
  }

  /// When each file was last changed; equal as long as none is.
  List<FileTime> changed() {
    List<FileTime> times = new ArrayList<>();
    for (Path file : Arrays.asList(caFile, certFile, keyFile)) {
      if (Objects.nonNull(file)) {
        times.add(changed(file));
      }
    }
    return times;
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
