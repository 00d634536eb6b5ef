package dev.longshore.agent.enrich;

import dev.longshore.shared.files.OwnerOnly;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The pods on disk: one file each, `<uid>.pod`, written whole and renamed into place.
///
/// A file is a magic number, the CRC-32C of the rest, and the rest. One that is damaged, as a power
/// loss may leave it, or that the disk can't read, is counted, removed and read again from the API
/// server; one that can't be written is counted and kept in memory alone. Nothing that the disk
/// does is thrown. Folder and files are readable by their owner alone. Single-threaded.
final class PodFolder {
  private static final int MAGIC = 0x4c534d31; // "LSM1"
  private static final String SUFFIX = ".pod";
  private static final String TEMPORARY = ".tmp";

  private static final int MAX_FILE_BYTES = 8 << 20;
  private static final int MAX_ENTRIES = 100_000;

  /// What is kept of a pod.
  ///
  /// @param goneAtMillis when the API server no longer had it, or [PodEntry#NOT_GONE]
  record Stored(PodRecord pod, @Nullable NamespaceRecord namespace, long goneAtMillis) {}

  private final Path directory;
  private final RateLimitedLogger log;
  private final EnrichMetrics metrics;

  PodFolder(Path directory, RateLimitedLogger log, EnrichMetrics metrics) {
    this.directory = directory;
    this.log = log;
    this.metrics = metrics;
  }

  /// Reads all that is there and whole.
  List<Stored> load() {
    List<Stored> all = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return all;
    }
    OwnerOnly.repair(directory, List.of("."));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX)) {
          read(file, all);
        } else if (name.endsWith(SUFFIX + TEMPORARY)) {
          discard(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      failed("load", "cannot read the metadata folder; pods are read from the API server", e);
    }
    return all;
  }

  private void read(Path file, List<Stored> all) {
    try {
      all.add(decode(file));
    } catch (IOException | RuntimeException e) {
      metrics.corruptEntry();
      log.warn(
          "corrupt",
          event -> {
            var _ =
                event
                    .setMessage(
                        "entry of the metadata folder is damaged and was removed; the pod is read"
                            + " again from the API server")
                    .addKeyValue("file", file)
                    .addKeyValue("error", FailureText.of(e));
          });
      removeFile(file);
    }
  }

  /// Writes the entry, in place of the one before.
  ///
  /// @return whether it is on disk
  boolean save(Stored stored) {
    Path file = file(stored.pod().uid());
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    try {
      OwnerOnly.createFolders(directory);
      Files.deleteIfExists(temporary);
      OwnerOnly.write(temporary, encode(stored));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      metrics.writeError();
      discard(temporary);
      failed(
          "save",
          "cannot write the metadata folder; after a restart without the API server this pod is"
              + " unknown",
          e);
      return false;
    }
  }

  /// Half of an entry takes up space on a disk that is full.
  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The next load tries again.
    }
  }

  void remove(String uid) {
    removeFile(file(uid));
  }

  private void removeFile(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      failed("remove", "cannot remove an entry of the metadata folder", e);
    }
  }

  private void failed(String key, String message, Exception e) {
    log.warn(
        key,
        event -> {
          var _ =
              event
                  .setMessage(message)
                  .addKeyValue("dir", directory)
                  .addKeyValue("error", FailureText.of(e));
        });
  }

  private Path file(String uid) {
    // A uid is a UUID; whatever else a server says must not leave the folder.
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < Math.min(uid.length(), 128); i++) {
      char c = uid.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      safe.append(plain || c == '-' ? c : '_');
    }
    return directory.resolve(safe + SUFFIX);
  }

  private static byte[] encode(Stored stored) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      PodRecord pod = stored.pod();
      out.writeLong(stored.goneAtMillis());
      text(out, pod.namespace());
      text(out, pod.name());
      text(out, pod.uid());
      text(out, pod.configHash());
      texts(out, pod.owners());
      text(out, pod.service());
      array(out, pod.labelsJson());
      array(out, pod.annotationsJson());
      out.writeInt(pod.truncated());
      texts(out, pod.control());
      out.writeInt(pod.containers().size());
      for (PodRecord.Container container : pod.containers()) {
        text(out, container.name());
        text(out, container.id());
        text(out, container.image());
      }
      NamespaceRecord namespace = stored.namespace();
      out.writeBoolean(namespace != null);
      if (namespace != null) {
        text(out, namespace.name());
        array(out, namespace.labelsJson());
        out.writeInt(namespace.truncated());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    byte[] body = bytes.toByteArray();
    CRC32C crc = new CRC32C();
    crc.update(body);
    return ByteBuffer.allocate(body.length + 8)
        .putInt(MAGIC)
        .putInt((int) crc.getValue())
        .put(body)
        .array();
  }

  private static Stored decode(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("it has more than %d bytes".formatted(MAX_FILE_BYTES));
    }
    byte[] all = Files.readAllBytes(file);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(all))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("it does not begin as an entry does");
      }
      CRC32C crc = new CRC32C();
      crc.update(all, 8, all.length - 8);
      if (in.readInt() != (int) crc.getValue()) {
        throw new IOException("its checksum is wrong");
      }
      final long goneAtMillis = in.readLong();
      String namespace = text(in);
      String name = text(in);
      String uid = text(in);
      String configHash = text(in);
      Map<String, String> owners = texts(in);
      String service = text(in);
      byte[] labels = array(in);
      byte[] annotations = array(in);
      int truncated = in.readInt();
      Map<String, String> control = Map.copyOf(texts(in));
      List<PodRecord.Container> containers = new ArrayList<>();
      for (int left = amount(in, MAX_ENTRIES); left > 0; left--) {
        containers.add(new PodRecord.Container(text(in), text(in), text(in)));
      }
      NamespaceRecord ofNamespace =
          in.readBoolean() ? new NamespaceRecord(text(in), array(in), in.readInt()) : null;
      PodRecord pod =
          new PodRecord(
              namespace,
              name,
              uid,
              configHash,
              owners,
              service,
              labels,
              annotations,
              truncated,
              control,
              List.copyOf(containers));
      return new Stored(pod, ofNamespace, goneAtMillis);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    array(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(array(in), StandardCharsets.UTF_8);
  }

  private static void array(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] array(DataInputStream in) throws IOException {
    byte[] bytes = new byte[amount(in, MAX_FILE_BYTES)];
    in.readFully(bytes);
    return bytes;
  }

  private static void texts(DataOutputStream out, Map<String, String> texts) throws IOException {
    out.writeInt(texts.size());
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      text(out, entry.getKey());
      text(out, entry.getValue());
    }
  }

  private static Map<String, String> texts(DataInputStream in) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (int left = amount(in, MAX_ENTRIES); left > 0; left--) {
      texts.put(text(in), text(in));
    }
    return texts;
  }

  private static int amount(DataInputStream in, int limit) throws IOException {
    int amount = in.readInt();
    if (amount < 0 || amount > limit) {
      throw new IOException("it states an amount of %d".formatted(amount));
    }
    return amount;
  }
}
