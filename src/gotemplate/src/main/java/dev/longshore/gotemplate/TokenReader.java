package dev.longshore.gotemplate;

import dev.longshore.gotemplate.TemplateException.Kind;
import java.util.List;

/// The words of a template, taken one by one; it knows where a failure is.
final class TokenReader {
  private final String name;
  private final List<Token> tokens;
  private int index;

  /// Where the present action began.
  private int actionLine;

  TokenReader(String name, List<Token> tokens) {
    this.name = name;
    this.tokens = tokens;
  }

  /// The next word, which stays.
  Token peek() {
    return tokens.get(Math.min(index, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    index++;
    return token;
  }

  Token peekNonSpace() {
    while (peek().is(Token.Kind.SPACE)) {
      index++;
    }
    return peek();
  }

  Token nextNonSpace() {
    var _ = peekNonSpace();
    return next();
  }

  /// Takes the last word back.
  void back() {
    index--;
  }

  /// Where we are, for [#rewind].
  int mark() {
    return index;
  }

  void rewind(int mark) {
    index = mark;
  }

  void actionBegins(Token token) {
    actionLine = token.line();
  }

  /// The next word, which must be of a kind.
  Token expect(Token.Kind kind, String context) throws TemplateException {
    Token token = nextNonSpace();
    if (!token.is(kind)) {
      throw unexpected(token, context);
    }
    return token;
  }

  TemplateException unexpected(Token token, String context) {
    if (!token.is(Token.Kind.ERROR)) {
      return failure(token, "unexpected " + token + " in " + context);
    }
    String extra = "";
    if (actionLine != 0 && actionLine != token.line()) {
      String in = token.text().endsWith(" action") ? "" : " in action";
      extra = in + " started at " + name + ":" + actionLine;
    }
    return failure(token, token + extra);
  }

  /// A failure at the line of the word that was last looked at.
  TemplateException failure(String what) {
    return failure(tokens.get(Math.clamp(index - 1L, 0, tokens.size() - 1)), what);
  }

  TemplateException failure(Token token, String what) {
    String message = "template: " + name + ":" + token.line() + ": " + what;
    return new TemplateException(Kind.SYNTAX, message, true);
  }
}
