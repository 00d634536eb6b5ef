package dev.longshore.agent.letters;

import java.io.IOException;
import java.util.List;

/// A place where dead letters lie.
interface LetterShelf {

  /// The most letters of a page.
  int PAGE_LETTERS = 200;

  /// A page ends when its letters have this many bytes, the original and the document counted.
  long PAGE_BYTES = 2L << 20;

  /// What people call it.
  String name();

  /// Gives the letters, in the order in which they came, in pages.
  ///
  /// @throws IOException when they can't be read, or what `pages` throws
  void each(LetterFilter filter, Pages pages) throws IOException;

  /// Takes away those that were brought back, and writes down why others were refused again.
  ///
  /// @param broughtBack letters of the page that was given last
  /// @param refusedAgain letters of that page, as they now are
  /// @throws IOException when that was not possible; to bring them back again then does no harm
  void settle(List<StoredLetter> broughtBack, List<StoredLetter> refusedAgain) throws IOException;

  /// Takes pages.
  @FunctionalInterface
  interface Pages {
    /// @return false when no more are wanted
    boolean page(List<StoredLetter> letters) throws IOException;
  }
}
