package dev.longshore.gotemplate;

import dev.longshore.gotemplate.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Cuts a template into words, as Go's text/template does. What is no word becomes a last one of
/// the kind ERROR, whose text says why.
final class Lexer {
  private static final String LEFT = "{{";
  private static final String RIGHT = "}}";
  private static final int TRIM_MARKER = 2;
  private static final int END = -1;

  private static final Map<String, Kind> KEYWORDS =
      Map.ofEntries(
          Map.entry("block", Kind.BLOCK),
          Map.entry("break", Kind.BREAK),
          Map.entry("continue", Kind.CONTINUE),
          Map.entry("define", Kind.DEFINE),
          Map.entry("else", Kind.ELSE),
          Map.entry("end", Kind.END),
          Map.entry("if", Kind.IF),
          Map.entry("nil", Kind.NIL),
          Map.entry("range", Kind.RANGE),
          Map.entry("template", Kind.TEMPLATE),
          Map.entry("with", Kind.WITH),
          Map.entry("true", Kind.BOOL),
          Map.entry("false", Kind.BOOL));

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int start;
  private int line = 1;
  private int lineCountedTo;
  private int parentheses;

  private Lexer(String text) {
    this.text = text;
  }

  /// The words of a template; the last one is END_OF_TEXT or ERROR.
  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (plainText()) {
      if (!action()) {
        return;
      }
    }
  }

  /// Takes text up to an action.
  ///
  /// @return whether there is one
  private boolean plainText() {
    int delimiter = text.indexOf(LEFT, position);
    int end = delimiter < 0 ? text.length() : delimiter;
    if (delimiter >= 0 && trimsLeft(delimiter + LEFT.length())) {
      while (end > start && isSpace(text.charAt(end - 1))) {
        end--;
      }
    }
    position = end;
    if (end > start) {
      emit(Kind.TEXT);
    }
    if (delimiter < 0) {
      emit(Kind.END_OF_TEXT);
      return false;
    }
    position = delimiter;
    start = delimiter;
    return true;
  }

  /// Takes an action, or a comment.
  ///
  /// @return whether it was sound
  private boolean action() {
    int marker = trimsLeft(position + LEFT.length()) ? TRIM_MARKER : 0;
    if (text.startsWith("/*", position + LEFT.length() + marker)) {
      return comment(position + LEFT.length() + marker);
    }
    position += LEFT.length();
    emit(Kind.LEFT_DELIMITER);
    position += marker;
    start = position;
    parentheses = 0;
    while (true) {
      if (atRightDelimiter()) {
        if (parentheses > 0) {
          return error("unclosed left paren");
        }
        rightDelimiter();
        return true;
      }
      if (!word()) {
        return false;
      }
    }
  }

  private boolean comment(int from) {
    int end = text.indexOf("*/", from);
    if (end < 0) {
      return error("unclosed comment");
    }
    position = end + 2;
    if (!atRightDelimiter()) {
      return error("comment ends before closing delimiter");
    }
    skipRightDelimiter();
    return true;
  }

  private void rightDelimiter() {
    boolean trims = trimsRight(position);
    position += trims ? TRIM_MARKER : 0;
    start = position;
    position += RIGHT.length();
    emit(Kind.RIGHT_DELIMITER);
    if (trims) {
      skipSpace();
    }
  }

  private void skipRightDelimiter() {
    boolean trims = trimsRight(position);
    position += RIGHT.length() + (trims ? TRIM_MARKER : 0);
    start = position;
    if (trims) {
      skipSpace();
    }
  }

  private void skipSpace() {
    while (position < text.length() && isSpace(text.charAt(position))) {
      position++;
    }
    start = position;
  }

  /// Takes one word of an action.
  private boolean word() {
    int c = next();
    return switch (c) {
      case END -> error("unclosed action");
      case ' ', '\t', '\r', '\n' -> spaces();
      case '=' -> emit(Kind.ASSIGN);
      case ':' -> next() == '=' ? emit(Kind.DECLARE) : error("expected :=");
      case '|' -> emit(Kind.PIPE);
      case '"' -> quoted('"', Kind.STRING, "unterminated quoted string");
      case '\'' -> quoted('\'', Kind.CHAR_CONSTANT, "unterminated character constant");
      case '`' -> raw();
      case '$' -> name(Kind.VARIABLE, Kind.VARIABLE);
      case '.' -> isDigit(peek()) ? number() : name(Kind.FIELD, Kind.DOT);
      case '(' -> {
        parentheses++;
        yield emit(Kind.LEFT_PARENTHESIS);
      }
      case ')' -> {
        parentheses--;
        yield parentheses < 0 ? error("unexpected right paren") : emit(Kind.RIGHT_PARENTHESIS);
      }
      default -> otherWord(c);
    };
  }

  private boolean otherWord(int c) {
    if (c == '+' || c == '-' || isDigit(c)) {
      return number();
    }
    if (isLetter(c)) {
      return identifier();
    }
    return (c > ' ' && c < 127)
        ? emit(Kind.CHAR)
        : error("unrecognized character in action: " + Quote.unicode(c));
  }

  private boolean spaces() {
    // A space before `-}}` belongs to the delimiter.
    position = start;
    while (isSpace(peek())) {
      if (trimsRight(position) && text.startsWith(RIGHT, position + TRIM_MARKER)) {
        return position == start || emit(Kind.SPACE);
      }
      position++;
    }
    return emit(Kind.SPACE);
  }

  private boolean quoted(char quote, Kind kind, String unterminated) {
    while (true) {
      int c = next();
      if (c == '\\') {
        c = next();
        if (c != END && c != '\n') {
          continue;
        }
      }
      if (c == END || c == '\n') {
        return error(unterminated);
      }
      if (c == quote) {
        return emit(kind);
      }
    }
  }

  private boolean raw() {
    int end = text.indexOf('`', position);
    if (end < 0) {
      return error("unterminated raw quoted string");
    }
    position = end + 1;
    return emit(Kind.RAW_STRING);
  }

  /// @param alone the kind when nothing follows the `.` or `$`
  private boolean name(Kind kind, Kind alone) {
    if (atTerminator()) {
      return emit(alone);
    }
    skipLetters();
    return atTerminator() ? emit(kind) : badCharacter();
  }

  private boolean identifier() {
    skipLetters();
    if (!atTerminator()) {
      return badCharacter();
    }
    return emit(KEYWORDS.getOrDefault(text.substring(start, position), Kind.IDENTIFIER));
  }

  private boolean badCharacter() {
    return error("bad character " + Quote.unicode(next()));
  }

  private boolean number() {
    position = start;
    accept("+-");
    String digits = "0123456789_";
    boolean hex = false;
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
        hex = true;
      } else if (accept("oO")) {
        digits = "01234567_";
      } else if (accept("bB")) {
        digits = "01_";
      }
    }
    acceptAll(digits);
    if (accept(".")) {
      acceptAll(digits);
    }
    if (accept(hex ? "pP" : "eE")) {
      accept("+-");
      acceptAll("0123456789_");
    }
    accept("i");
    if (isLetter(peek())) {
      next();
      return error("bad number syntax: " + Quote.quote(text.substring(start, position)));
    }
    return emit(Kind.NUMBER);
  }

  private boolean accept(String valid) {
    int c = peek();
    boolean accepted = c != END && valid.indexOf(c) >= 0;
    if (accepted) {
      position++;
    }
    return accepted;
  }

  private void acceptAll(String valid) {
    while (accept(valid)) {}
  }

  private void skipLetters() {
    while (isLetter(peek())) {
      next();
    }
  }

  private boolean atTerminator() {
    int c = peek();
    return c == END || isSpace(c) || ".,|:)(".indexOf(c) >= 0 || text.startsWith(RIGHT, position);
  }

  private boolean atRightDelimiter() {
    return text.startsWith(RIGHT, position)
        || (trimsRight(position) && text.startsWith(RIGHT, position + TRIM_MARKER));
  }

  private boolean trimsLeft(int at) {
    return at + 1 < text.length() && text.charAt(at) == '-' && isSpace(text.charAt(at + 1));
  }

  private boolean trimsRight(int at) {
    return at + 1 < text.length() && isSpace(text.charAt(at)) && text.charAt(at + 1) == '-';
  }

  private int peek() {
    return position < text.length() ? text.codePointAt(position) : END;
  }

  private int next() {
    int c = peek();
    position += c == END ? 0 : Character.charCount(c);
    return c;
  }

  private boolean emit(Kind kind) {
    tokens.add(new Token(kind, start, lineAt(start), text.substring(start, position)));
    start = position;
    return true;
  }

  private boolean error(String what) {
    tokens.add(new Token(Kind.ERROR, start, lineAt(start), what));
    return false;
  }

  private int lineAt(int at) {
    for (; lineCountedTo < at; lineCountedTo++) {
      if (text.charAt(lineCountedTo) == '\n') {
        line++;
      }
    }
    return line;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(int c) {
    return c == '_' || (c != END && Character.isLetterOrDigit(c));
  }
}
