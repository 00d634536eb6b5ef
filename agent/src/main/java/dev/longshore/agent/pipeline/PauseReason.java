package dev.longshore.agent.pipeline;

import java.util.Locale;

/// Why a file that has something to read is not read now: the label `reason` of
/// `longshore_agent_reading_paused`.
public enum PauseReason {
  /// The buffer has reached `buffer.maxSize`, or the number of blocks that fit into memory.
  BUFFER_FULL,
  /// The buffer's file system has less free space than `buffer.minFree`.
  BELOW_MIN_FREE,
  /// The buffer's disk does not answer as it should.
  BUFFER_FAILED,
  /// The container has its share of the buffer; shipping makes room for it.
  FAIR_SHARE,
  /// The buffer holds very many small blocks, and the file has too little for a large one.
  SMALL_BLOCKS,
  /// The pod's metadata is not known yet.
  METADATA,
  /// The pod's own `longshore.dev/max-bytes-per-second`.
  OVER_LIMIT,
  /// The memory for open and long records is spent.
  MEMORY,
  /// Another file of the container is nearer to its deletion and is read first.
  READ_ORDER,
  /// The file's last record goes on in the next file, and is still open there.
  OPEN_RECORD,
  /// The file could not be framed, and is tried again.
  FRAMING_FAILED,
  /// The agent is stopping.
  STOPPING;

  private final String label = name().toLowerCase(Locale.ROOT);

  /// The metric label's value.
  public String label() {
    return label;
  }
}
