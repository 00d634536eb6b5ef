package dev.longshore.agent.deadletter;

import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.event.ContainerRef;
import java.util.Arrays;

/// A record that Elasticsearch refused for good, with all that is needed to bring it back.
///
/// @param id the document's id, the same in the dead-letter data stream and in a replay
/// @param destination the data stream that refused it
/// @param status HTTP status of the refusal
/// @param type Elasticsearch's error type
/// @param reason Elasticsearch's words
/// @param container whose log it is from
/// @param path the log file
/// @param offset where the record starts in it
/// @param epochMillis when it became a dead letter
/// @param attempts how many replays were refused since; the reason is then that of the last
/// @param original the record's lines as they stood in the file; where something in it is redacted,
///   its message
/// @param document the document that was refused, JSON in UTF-8; empty where it could not be
///   encoded
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(
    String id,
    String destination,
    int status,
    String type,
    String reason,
    ContainerRef container,
    String path,
    long offset,
    long epochMillis,
    int attempts,
    byte[] original,
    byte[] document) {

  private static final String PREFIX = "logs-longshore.dead_letter-";

  /// Whether a data stream is one of dead letters, of whatever namespace.
  public static boolean isDataStream(String name) {
    return name.startsWith(PREFIX);
  }

  /// The data stream for the dead letters of `destination`: of the same namespace.
  public static String dataStream(String destination) {
    return PREFIX + destination.substring(destination.lastIndexOf('-') + 1);
  }

  /// The same letter without its document and with at most `bytes` bytes of its text: what is left
  /// of one that is too long to be stored. It can be read and not be replayed; its reason says so.
  DeadLetter cut(int bytes) {
    String said =
        " [cut by longshore: a record of %d bytes does not fit into the dead letters on disk]"
            .formatted(original.length);
    int kept = Math.min(original.length, Math.max(0, bytes - said.length()));
    return new DeadLetter(
        id,
        destination,
        status,
        type,
        reason + said,
        container,
        path,
        offset,
        epochMillis,
        attempts,
        Arrays.copyOf(original, kept),
        new byte[0]);
  }

  /// The same letter after a replay that was refused.
  public DeadLetter refusedAgain(Refusal why) {
    return new DeadLetter(
        id,
        destination,
        why.status(),
        why.type(),
        why.reason(),
        container,
        path,
        offset,
        epochMillis,
        attempts + 1,
        original,
        document);
  }
}
