package dev.longshore.agent.deadletter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A place where dead letters are kept: the dead-letter data streams, or the node's disk.
public interface DeadLetterStore {

  /// The most letters of a page.
  int PAGE_LETTERS = 200;

  /// A page ends when its letters have this many bytes, the original and the document counted.
  long PAGE_BYTES = 2L << 20;

  /// What people call it.
  String name();

  /// Gives the letters, in the order in which they came, in pages.
  ///
  /// @throws IOException when they can't be read, or what `pages` throws
  void each(DeadLetterFilter filter, Pages pages) throws IOException;

  /// Takes away those that were brought back, and writes down why others were refused again.
  ///
  /// @param broughtBack letters of the page that was given last
  /// @param refusedAgain letters of that page, as they now are
  /// @throws IOException when that was not possible; to bring them back again then does no harm
  void settle(List<Stored> broughtBack, List<Stored> refusedAgain) throws IOException;

  /// Takes pages.
  @FunctionalInterface
  interface Pages {
    /// @return false when no more are wanted
    boolean page(List<Stored> letters) throws IOException;
  }

  /// A dead letter, and where it lies.
  ///
  /// @param letter what it says
  /// @param place the backing index, or the segment on disk
  record Stored(DeadLetter letter, String place) {}

  /// Collects letters until they are a page.
  final class Pager {
    private final Pages pages;
    private List<Stored> page = new ArrayList<>();
    private long pageBytes;

    Pager(Pages pages) {
      this.pages = pages;
    }

    /// @return false when no more are wanted
    boolean add(Stored stored) throws IOException {
      DeadLetter letter = stored.letter();
      page.add(stored);
      pageBytes += letter.original().length + letter.document().length;
      boolean full = page.size() >= PAGE_LETTERS || pageBytes >= PAGE_BYTES;
      return !full || finish();
    }

    /// Gives what is left.
    ///
    /// @return false when no more are wanted
    boolean finish() throws IOException {
      if (page.isEmpty()) {
        return true;
      }
      List<Stored> full = page;
      page = new ArrayList<>();
      pageBytes = 0;
      return pages.page(full);
    }
  }
}
