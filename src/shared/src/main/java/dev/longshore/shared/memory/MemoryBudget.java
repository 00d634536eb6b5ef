package dev.longshore.shared.memory;

import java.util.ArrayList;
import java.util.List;

/// A bound, in bytes, on all memory of the process whose amount follows the number of containers,
/// files, data streams or connections. Each kind of holder has a [Share].
///
/// A share has a reserve that nobody else can take, so that each kind can always go on in small
/// pieces: shipping is never starved by open records, and reading never by batches that wait for a
/// slow server. Beyond its reserve a share competes for the rest.
///
/// A reservation that finds no room is refused, and the share that holds most beyond its reserve is
/// *pressed*: its owner looks at [Share#takePressure] on its own thread and gives up its largest
/// holding in a way that loses nothing (a batch is sent smaller, a file waits, a record is cut). No
/// call blocks, and no call reaches into another thread's state. Safe for use by many threads.
public final class MemoryBudget {
  private final long maxBytes;
  private final List<Share> shares = new ArrayList<>();
  private long reservedBytes;

  /// @param maxBytes what all shares together may hold
  /// @throws IllegalArgumentException when it is not positive
  public MemoryBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("memory budget must be positive: " + maxBytes + " bytes");
    }
    this.maxBytes = maxBytes;
  }

  /// Adds a share.
  ///
  /// @param name a metric label's value, such as `records`
  /// @param reserveBytes what this share can always hold
  /// @throws IllegalArgumentException when the reserves together exceed the budget
  public synchronized Share share(String name, long reserveBytes) {
    if (reserveBytes < 0 || reservedBytes + reserveBytes > maxBytes) {
      throw new IllegalArgumentException(
          "memory budget of %d bytes has no room for a reserve of %d bytes for %s beside %d bytes of other reserves"
              .formatted(maxBytes, reserveBytes, name, reservedBytes));
    }
    reservedBytes += reserveBytes;
    Share share = new Share(name, reserveBytes);
    shares.add(share);
    return share;
  }

  /// The bound, in bytes.
  public long maxBytes() {
    return maxBytes;
  }

  /// All shares, in the order in which they were added.
  public synchronized List<Share> shares() {
    return List.copyOf(shares);
  }

  /// What is left for a share beyond its reserve, with every other share's unused reserve kept
  /// free.
  private long freeBeyondReserves() {
    long committed = 0;
    for (Share share : shares) {
      committed += Math.max(share.usedBytes, share.reserveBytes);
    }
    return maxBytes - committed;
  }

  /// Marks the share with the most bytes beyond its reserve, the one that asked being a candidate
  /// like any other.
  private void press() {
    Share largest = null;
    for (Share share : shares) {
      if (share.beyondReserve() > 0
          && (largest == null || share.beyondReserve() > largest.beyondReserve())) {
        largest = share;
      }
    }
    if (largest != null) {
      largest.pressed = true;
    }
  }

  /// What one kind of holder has of the budget.
  public final class Share {
    private final String name;
    private final long reserveBytes;
    private long usedBytes;
    private long refusals;
    private boolean pressed;

    private Share(String name, long reserveBytes) {
      this.name = name;
      this.reserveBytes = reserveBytes;
    }

    /// The name it was added with.
    public String name() {
      return name;
    }

    /// Reserves bytes if there is room.
    ///
    /// @return whether they are reserved; if not, nothing has changed but that the largest share is
    ///   pressed
    public boolean tryReserve(long bytes) {
      requireNotNegative(bytes);
      synchronized (MemoryBudget.this) {
        long fromReserve = Math.clamp(reserveBytes - usedBytes, 0, bytes);
        if (bytes - fromReserve > freeBeyondReserves()) {
          refusals++;
          press();
          return false;
        }
        usedBytes += bytes;
        return true;
      }
    }

    /// Counts bytes that are held already and can't be refused, such as a single item that is
    /// larger than what is free; the budget may then be overdrawn until they are released.
    public void reserve(long bytes) {
      requireNotNegative(bytes);
      synchronized (MemoryBudget.this) {
        usedBytes += bytes;
        if (freeBeyondReserves() < 0) {
          press();
        }
      }
    }

    /// Gives bytes back.
    ///
    /// @throws IllegalStateException when more is released than was reserved
    public void release(long bytes) {
      requireNotNegative(bytes);
      synchronized (MemoryBudget.this) {
        if (bytes > usedBytes) {
          throw new IllegalStateException(
              "share %s releases %d bytes and holds %d".formatted(name, bytes, usedBytes));
        }
        usedBytes -= bytes;
        if (beyondReserve() <= 0) {
          pressed = false;
        }
      }
    }

    /// Whether somebody was refused and this share, holding the most, is to give something up.
    /// Asking resets it: one refusal presses once.
    public boolean takePressure() {
      synchronized (MemoryBudget.this) {
        boolean was = pressed;
        pressed = false;
        return was;
      }
    }

    /// What it holds now, in bytes.
    public long usedBytes() {
      synchronized (MemoryBudget.this) {
        return usedBytes;
      }
    }

    /// How many reservations were refused since the start.
    public long refusals() {
      synchronized (MemoryBudget.this) {
        return refusals;
      }
    }

    private long beyondReserve() {
      return usedBytes - reserveBytes;
    }
  }

  private static void requireNotNegative(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative number of bytes: " + bytes);
    }
  }
}
