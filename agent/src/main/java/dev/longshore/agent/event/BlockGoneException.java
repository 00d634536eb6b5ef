package dev.longshore.agent.event;

/// A block that was handed out has left the queue unacknowledged, because it can't be read any
/// more. Its lines are read again from the log as far as that is still there, and go into the queue
/// as new blocks.
public final class BlockGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ContainerRef container;
  private final int records;
  private final int payloadBytes;
  private final boolean lost;

  public BlockGoneException(
      String message, ContainerRef container, int records, int payloadBytes, boolean lost) {
    super(message);
    this.lost = lost;
    this.container = container;
    this.records = records;
    this.payloadBytes = payloadBytes;
  }

  /// Whose records it held.
  public ContainerRef container() {
    return container;
  }

  /// How many records it held.
  public int records() {
    return records;
  }

  /// How long its payload was.
  public int payloadBytes() {
    return payloadBytes;
  }

  /// Whether the log is gone too, so that nothing reads its lines again.
  public boolean isLost() {
    return lost;
  }
}
