package dev.longshore.agent.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// What every document of a block shares, frozen when the block was queued: the destination, the
/// metadata and the rules by which bodies are read. It lies in the queue beside its blocks, so a
/// document that is sent again, after any restart, is the same document.
///
/// @param container whose lines they are
/// @param dataStream destination, for example `logs-kubernetes.container_logs-default`
/// @param fieldsJson JSON members without the outer braces and without a trailing comma, for
///   example `"kubernetes":{"namespace":"shop",…},"log":{…}`; UTF-8; never empty. The members
///   `@timestamp`, `message`, `stream`, `log`, `error`, `json` and `numbers` are the encoder's and
///   do not occur.
/// @param path value of `log.file.path`
/// @param parseJson whether a body that is a JSON object is parsed into `json`
/// @param numbers names of leaves of `json` that are indexed as doubles under `numbers.*`
/// @param datasetRefused whether the pod named another data stream, which the operator's policy
///   does not permit
/// @param redact what the pod has left out of its documents more, or less, than the configuration
///   says: names of patterns, with `-` before those that are not looked for
/// @param idVersion how the ids of its documents are written: what was queued by an earlier version
///   of the agent keeps the ids under which it may be indexed already
public record Snapshot(
    ContainerRef container,
    String dataStream,
    byte[] fieldsJson,
    String path,
    boolean parseJson,
    List<String> numbers,
    boolean datasetRefused,
    List<String> redact,
    int idVersion) {

  /// What new blocks have.
  public static final int ID_VERSION = 2;

  /// One whose documents have ids as they are written now.
  public Snapshot(
      ContainerRef container,
      String dataStream,
      byte[] fieldsJson,
      String path,
      boolean parseJson,
      List<String> numbers,
      boolean datasetRefused,
      List<String> redact) {
    this(
        container,
        dataStream,
        fieldsJson,
        path,
        parseJson,
        numbers,
        datasetRefused,
        redact,
        ID_VERSION);
  }

  /// One whose data stream is the one that was wanted.
  public Snapshot(
      ContainerRef container,
      String dataStream,
      byte[] fieldsJson,
      String path,
      boolean parseJson,
      List<String> numbers) {
    this(container, dataStream, fieldsJson, path, parseJson, numbers, false, List.of());
  }

  public Snapshot {
    Objects.requireNonNull(container);
    if (dataStream.isEmpty() || fieldsJson.length == 0) {
      throw new IllegalArgumentException("a snapshot has a data stream and at least one field");
    }
    numbers = List.copyOf(numbers);
    redact = List.copyOf(redact);
    if (idVersion < 1 || idVersion > ID_VERSION) {
      throw new IllegalArgumentException("ids of version " + idVersion + " are not known");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot that
        && container.equals(that.container)
        && dataStream.equals(that.dataStream)
        && Arrays.equals(fieldsJson, that.fieldsJson)
        && path.equals(that.path)
        && parseJson == that.parseJson
        && numbers.equals(that.numbers)
        && datasetRefused == that.datasetRefused
        && redact.equals(that.redact)
        && idVersion == that.idVersion;
  }

  /// Of what is cheap to hash: it is looked up for each block, and few are of the same file.
  @Override
  public int hashCode() {
    return 31 * (31 * container.hashCode() + path.hashCode()) + fieldsJson.length;
  }

  @Override
  public String toString() {
    return container
        + " → "
        + dataStream
        + " {"
        + new String(fieldsJson, StandardCharsets.UTF_8)
        + "}";
  }
}
