package dev.longshore.gotemplate;

/// One word of a template.
///
/// @param position of its first character
/// @param line of its first character, from 1
record Token(Kind kind, int position, int line, String text) {

  /// A word that is printed by itself in an error.
  private static final int LONGEST_IN_ERRORS = 10;

  enum Kind {
    ERROR,
    BOOL,
    CHAR,
    CHAR_CONSTANT,
    ASSIGN,
    DECLARE,
    END_OF_TEXT,
    FIELD,
    IDENTIFIER,
    LEFT_DELIMITER,
    LEFT_PARENTHESIS,
    NUMBER,
    PIPE,
    RAW_STRING,
    RIGHT_DELIMITER,
    RIGHT_PARENTHESIS,
    SPACE,
    STRING,
    TEXT,
    VARIABLE,
    DOT,
    NIL,
    BLOCK,
    BREAK,
    CONTINUE,
    DEFINE,
    ELSE,
    END,
    IF,
    RANGE,
    TEMPLATE,
    WITH;

    private boolean isKeyword() {
      return compareTo(DOT) >= 0;
    }
  }

  boolean is(Kind other) {
    return kind == other;
  }

  /// As errors name it.
  @Override
  public String toString() {
    if (kind == Kind.END_OF_TEXT) {
      return "EOF";
    }
    if (kind == Kind.ERROR) {
      return text;
    }
    if (kind.isKeyword()) {
      return "<" + text + ">";
    }
    return text.codePointCount(0, text.length()) > LONGEST_IN_ERRORS
        ? Quote.quote(text.substring(0, text.offsetByCodePoints(0, LONGEST_IN_ERRORS))) + "..."
        : Quote.quote(text);
  }
}
