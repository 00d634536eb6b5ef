package dev.longshore.agent.ship;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What shipping is doing, for people and for readiness; an immutable picture.
///
/// @param destinations one for each data stream that was sent to, by name
/// @param unresolvedBlocks blocks of which a part was handed to a request and not all is resolved
public record ShipStatus(List<DestinationStatus> destinations, int unresolvedBlocks) {

  /// Nothing was sent yet.
  public static final ShipStatus EMPTY = new ShipStatus(List.of(), 0);

  public ShipStatus {
    destinations = List.copyOf(destinations);
  }

  /// Whether a destination is held back.
  public boolean anyPaused() {
    return destinations.stream().anyMatch(destination -> destination.paused() != null);
  }

  /// Whether a destination is held back by what a person should see.
  public boolean anyNeedsAttention() {
    return destinations.stream().anyMatch(DestinationStatus::needsAttention);
  }

  /// One data stream.
  ///
  /// @param requestsInFlight requests without a reply
  /// @param recordsWaiting records that wait for being sent again
  /// @param blocksWaiting blocks that wait for room, remembered by reference
  /// @param paused why nothing but a probe is sent, in words, or null
  /// @param needsAttention whether a person should see the pause: credentials, rights or the target
  ///   are refused, or it has lasted for more than 30 s; false for a short one, as under load
  /// @param lastError what Elasticsearch said last that was no success, or null
  /// @param lastSuccessEpochMillis when a document was last accepted, or 0
  public record DestinationStatus(
      String dataStream,
      int requestsInFlight,
      int recordsWaiting,
      int blocksWaiting,
      @Nullable String paused,
      boolean needsAttention,
      @Nullable LastError lastError,
      long lastSuccessEpochMillis) {}

  /// An answer that was no success.
  ///
  /// @param status HTTP status, of the request or of an item; 0 where there was none
  /// @param text type and reason
  /// @param epochMillis when
  public record LastError(int status, String text, long epochMillis) {}
}
