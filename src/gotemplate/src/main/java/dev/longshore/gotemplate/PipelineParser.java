package dev.longshore.gotemplate;

import dev.longshore.gotemplate.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads pipelines: `$x := .Labels.pod | printf "%s" | len`.
final class PipelineParser {

  /// Deeper parentheses are refused, because reading them recurses.
  private static final int MAX_DEPTH = 100;

  private final TokenReader tokenReader;
  private final Functions functions;
  private final Set<String> called;

  /// The variables in scope, each with its `$`; the newest last.
  private final List<String> variables = new ArrayList<>();

  private int depth;

  /// @param called is told the name of each function
  PipelineParser(TokenReader tokenReader, Functions functions, Set<String> called) {
    this.tokenReader = tokenReader;
    this.functions = functions;
    this.called = called;
  }

  List<String> variables() {
    return variables;
  }

  /// Reads up to its end, which is taken.
  Node.Pipeline pipeline(String context, Kind end) throws TemplateException {
    if (++depth > MAX_DEPTH) {
      throw tokenReader.failure("parentheses nested deeper than " + MAX_DEPTH);
    }
    int position = tokenReader.peekNonSpace().position();
    List<Node.Variable> declared = new ArrayList<>();
    boolean assigns = declarations(context, declared);
    List<Node.Command> commands = new ArrayList<>();
    Token token = tokenReader.nextNonSpace();
    for (; !token.is(end); token = tokenReader.nextNonSpace()) {
      switch (token.kind()) {
        case BOOL,
            CHAR_CONSTANT,
            DOT,
            FIELD,
            IDENTIFIER,
            NUMBER,
            NIL,
            RAW_STRING,
            STRING,
            VARIABLE,
            LEFT_PARENTHESIS -> {
          tokenReader.back();
          commands.add(command());
        }
        default -> throw tokenReader.unexpected(token, context);
      }
    }
    check(commands, context);
    depth--;
    return new Node.Pipeline(position, assigns, List.copyOf(declared), List.copyOf(commands));
  }

  /// Reads `$x :=`, `$i, $x =`.
  ///
  /// @return whether it is an assignment
  private boolean declarations(String context, List<Node.Variable> declared)
      throws TemplateException {
    while (true) {
      Token variable = tokenReader.peekNonSpace();
      if (!variable.is(Kind.VARIABLE)) {
        return false;
      }
      int mark = tokenReader.mark();
      tokenReader.next();
      Token after = tokenReader.nextNonSpace();
      boolean comma = after.is(Kind.CHAR) && after.text().equals(",");
      if (!comma && !after.is(Kind.ASSIGN) && !after.is(Kind.DECLARE)) {
        tokenReader.rewind(mark);
        return false;
      }
      declared.add(new Node.Variable(variable.position(), variable.text(), List.of()));
      variables.add(variable.text());
      if (!comma) {
        return after.is(Kind.ASSIGN);
      }
      if (!context.equals("range") || declared.size() > 1) {
        throw tokenReader.failure("too many declarations in " + context);
      }
      switch (tokenReader.peekNonSpace().kind()) {
        case VARIABLE, RIGHT_DELIMITER, RIGHT_PARENTHESIS -> {}
        default -> throw tokenReader.failure("range can only initialize variables");
      }
    }
  }

  private void check(List<Node.Command> commands, String context) throws TemplateException {
    if (commands.isEmpty()) {
      throw tokenReader.failure("missing value for " + context);
    }
    for (int i = 1; i < commands.size(); i++) {
      switch (commands.get(i).arguments().getFirst()) {
        case Node.Literal _, Node.Dot _, Node.Nil _ ->
            throw tokenReader.failure("non executable command in pipeline stage " + (i + 1));
        default -> {}
      }
    }
  }

  private Node.Command command() throws TemplateException {
    List<Node> arguments = new ArrayList<>();
    int position = tokenReader.peekNonSpace().position();
    while (true) {
      tokenReader.peekNonSpace();
      Node operand = operand();
      if (operand != null) {
        arguments.add(operand);
      }
      Token token = tokenReader.next();
      if (token.is(Kind.SPACE)) {
        continue;
      }
      if (token.is(Kind.RIGHT_DELIMITER) || token.is(Kind.RIGHT_PARENTHESIS)) {
        tokenReader.back();
      } else if (!token.is(Kind.PIPE)) {
        throw tokenReader.unexpected(token, "operand");
      }
      break;
    }
    if (arguments.isEmpty()) {
      throw tokenReader.failure("empty command");
    }
    return new Node.Command(position, List.copyOf(arguments));
  }

  /// A term with the fields that follow it.
  private @Nullable Node operand() throws TemplateException {
    Node term = term();
    if (term == null || !tokenReader.peek().is(Kind.FIELD)) {
      return term;
    }
    int position = tokenReader.peek().position();
    List<String> fields = new ArrayList<>();
    while (tokenReader.peek().is(Kind.FIELD)) {
      fields.add(tokenReader.next().text().substring(1));
    }
    return switch (term) {
      case Node.Field field -> {
        fields.addAll(0, field.fields());
        yield new Node.Field(position, List.copyOf(fields));
      }
      case Node.Variable variable -> {
        fields.addAll(0, variable.fields());
        yield new Node.Variable(position, variable.name(), List.copyOf(fields));
      }
      case Node.Literal _, Node.Nil _, Node.Dot _ ->
          throw tokenReader.failure("unexpected . after term " + Quote.quote(term.toString()));
      default -> new Node.Chain(position, term, List.copyOf(fields));
    };
  }

  /// A single value, or null when the next word is none.
  private @Nullable Node term() throws TemplateException {
    Token token = tokenReader.nextNonSpace();
    int position = token.position();
    return switch (token.kind()) {
      case IDENTIFIER -> {
        called.add(token.text());
        if (!functions.has(token.text())) {
          throw tokenReader.failure(token, functions.unknown(token.text()));
        }
        yield new Node.Identifier(position, token.text());
      }
      case DOT -> new Node.Dot(position);
      case NIL -> new Node.Nil(position);
      case VARIABLE -> {
        if (!variables.contains(token.text())) {
          throw tokenReader.failure(token, "undefined variable " + Quote.quote(token.text()));
        }
        yield new Node.Variable(position, token.text(), List.of());
      }
      case FIELD -> new Node.Field(position, List.of(token.text().substring(1)));
      case BOOL -> new Node.Literal(position, token.text(), token.text().equals("true"));
      case CHAR_CONSTANT, NUMBER, STRING, RAW_STRING -> literal(token);
      case LEFT_PARENTHESIS -> pipeline("parenthesized pipeline", Kind.RIGHT_PARENTHESIS);
      default -> {
        tokenReader.back();
        yield null;
      }
    };
  }

  private Node literal(Token token) throws TemplateException {
    String text = token.text();
    try {
      Object value =
          switch (token.kind()) {
            case CHAR_CONSTANT -> Numbers.character(text);
            case NUMBER -> Numbers.constant(text);
            default -> Quote.unquote(text);
          };
      return new Node.Literal(token.position(), text, value);
    } catch (IllegalArgumentException e) {
      throw tokenReader.failure(token, String.valueOf(e.getMessage()));
    }
  }
}
