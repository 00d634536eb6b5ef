package dev.longshore.alerting.receiver.posted;

/// Marks in texts from outside the characters that mean something to a service, so that after a
/// template has run it is known which of them the template's author wrote. A marked character is
/// one of Unicode's private use area.
public enum Guard {
  /// Nothing is marked.
  NONE("") {
    @Override
    String released(char marked) {
      return String.valueOf(marked);
    }
  },
  /// `@` from outside calls nobody: a character of no width follows it.
  MENTIONS("@") {
    @Override
    String released(char marked) {
      return marked + "\u200b";
    }
  },
  /// `&`, `<`, `>` and quotes from outside are text, not HTML; what the author wrote is HTML.
  HTML("&<>\"'") {
    @Override
    String released(char marked) {
      return switch (marked) {
        case '&' -> "&amp;";
        case '<' -> "&lt;";
        case '>' -> "&gt;";
        case '\'' -> "&#39;";
        default -> "&quot;";
      };
    }
  };

  private static final char FIRST = '\ue0b0';

  private final String characters;

  Guard(String characters) {
    this.characters = characters;
  }

  abstract String released(char marked);

  /// A text from outside, marked.
  public String guarded(String text) {
    StringBuilder guarded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int at = characters.indexOf(c);
      if (at >= 0) {
        guarded.append((char) (FIRST + at));
      } else if (!isMark(c)) {
        guarded.append(c);
      }
    }
    return guarded.toString();
  }

  /// What a template wrote, as the service reads it.
  public String released(String text) {
    return unmarked(text, true);
  }

  /// What a template wrote, for places where the characters mean nothing.
  public String plain(String text) {
    return unmarked(text, false);
  }

  private String unmarked(String text, boolean escaped) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isMark(c)) {
        char marked = characters.charAt(c - FIRST);
        out.append(escaped ? released(marked) : String.valueOf(marked));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private boolean isMark(char c) {
    return c >= FIRST && c < FIRST + characters.length();
  }
}
