package dev.longshore.agent.letters;

import dev.longshore.agent.ship.DeadLetter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Collects letters until they are a page.
final class PageMaker {
  private final LetterShelf.Pages pages;
  private List<StoredLetter> page = new ArrayList<>();
  private long pageBytes;

  PageMaker(LetterShelf.Pages pages) {
    this.pages = pages;
  }

  /// @return false when no more are wanted
  boolean add(StoredLetter stored) throws IOException {
    DeadLetter letter = stored.letter();
    page.add(stored);
    pageBytes += letter.original().length + letter.document().length;
    boolean full = page.size() >= LetterShelf.PAGE_LETTERS || pageBytes >= LetterShelf.PAGE_BYTES;
    return !full || finish();
  }

  /// Gives what is left.
  ///
  /// @return false when no more are wanted
  boolean finish() throws IOException {
    if (page.isEmpty()) {
      return true;
    }
    List<StoredLetter> full = page;
    page = new ArrayList<>();
    pageBytes = 0;
    return pages.page(full);
  }
}
