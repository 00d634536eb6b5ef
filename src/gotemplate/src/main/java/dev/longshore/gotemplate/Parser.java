package dev.longshore.gotemplate;

import dev.longshore.gotemplate.Node.Branch;
import dev.longshore.gotemplate.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a template's structure: text, actions, branches, definitions.
final class Parser {

  /// Longer templates are refused, in characters.
  private static final int MAX_LENGTH = 1 << 20;

  /// Deeper nesting is refused, because reading and running it recurse.
  private static final int MAX_DEPTH = 100;

  private final String name;
  private final String text;
  private final Functions functions;
  private final TokenReader tokenReader;
  private final Map<String, Tree> defined = new LinkedHashMap<>();

  // Of the definition that is being read.
  private Set<String> calledFunctions = new HashSet<>();
  private Set<String> calledTemplates = new HashSet<>();
  private PipelineParser pipelines;
  private int rangeDepth;
  private int depth;

  private Parser(String name, String text, Functions functions) {
    this.name = name;
    this.text = text;
    this.functions = functions;
    this.tokenReader = new TokenReader(name, Lexer.tokens(text));
    this.pipelines = new PipelineParser(tokenReader, functions, calledFunctions);
  }

  /// What a text holds.
  ///
  /// @param main what is outside of definitions
  /// @param defined the `{{ define }}`s and `{{ block }}`s by their names
  record Parsed(Tree main, Map<String, Tree> defined) {}

  /// A definition's content, which is at the end of the list, and the word that ended it.
  private record Body(Node.Sequence nodes, Token end) {}

  static Parsed parse(String name, String text, Functions functions) throws TemplateException {
    if (text.length() > MAX_LENGTH) {
      throw new TemplateException(
          TemplateException.Kind.SYNTAX,
          "template: %s:1: a template of %d characters; at most %d are accepted"
              .formatted(name, text.length(), MAX_LENGTH),
          true);
    }
    return new Parser(name, text, functions).parse();
  }

  private Parsed parse() throws TemplateException {
    pipelines.variables().add("$");
    pipelines.variables().addAll(functions.variables().keySet());
    List<Node> nodes = new ArrayList<>();
    while (!tokenReader.peek().is(Kind.END_OF_TEXT)) {
      int mark = tokenReader.mark();
      if (tokenReader.next().is(Kind.LEFT_DELIMITER)
          && tokenReader.nextNonSpace().is(Kind.DEFINE)) {
        define();
        continue;
      }
      tokenReader.rewind(mark);
      Token end = textOrAction(nodes);
      if (end != null) {
        throw tokenReader.failure(end, "unexpected {{" + end.text() + "}}");
      }
    }
    return new Parsed(tree(name, new Node.Sequence(0, List.copyOf(nodes))), defined);
  }

  private Tree tree(String treeName, Node.Sequence nodes) {
    return new Tree(
        treeName, name, text, nodes, Set.copyOf(calledFunctions), Set.copyOf(calledTemplates));
  }

  private void define() throws TemplateException {
    String context = "define clause";
    String defining = templateName(tokenReader.nextNonSpace(), context);
    tokenReader.expect(Kind.RIGHT_DELIMITER, context);
    definition(defining, context);
  }

  /// Reads the content of `{{ define }}` or `{{ block }}`, which sees no variable from outside.
  private void definition(String defining, String context) throws TemplateException {
    var outerFunctions = calledFunctions;
    var outerTemplates = calledTemplates;
    var outerPipelines = pipelines;
    int outerRanges = rangeDepth;
    calledFunctions = new HashSet<>();
    calledTemplates = new HashSet<>();
    pipelines = new PipelineParser(tokenReader, functions, calledFunctions);
    pipelines.variables().add("$");
    rangeDepth = 0;
    Body body = body();
    if (!body.end.is(Kind.END)) {
      throw tokenReader.failure(body.end, "unexpected {{" + body.end.text() + "}} in " + context);
    }
    tokenReader.expect(Kind.RIGHT_DELIMITER, "end");
    defined.put(defining, tree(defining, body.nodes));
    calledFunctions = outerFunctions;
    calledTemplates = outerTemplates;
    pipelines = outerPipelines;
    rangeDepth = outerRanges;
  }

  /// Reads up to `{{ end` or `{{ else`; the word is taken, what follows it is not.
  private Body body() throws TemplateException {
    if (++depth > MAX_DEPTH) {
      throw tokenReader.failure("actions nested deeper than " + MAX_DEPTH);
    }
    int position = tokenReader.peekNonSpace().position();
    List<Node> nodes = new ArrayList<>();
    while (!tokenReader.peekNonSpace().is(Kind.END_OF_TEXT)) {
      Token end = textOrAction(nodes);
      if (end != null) {
        depth--;
        return new Body(new Node.Sequence(position, List.copyOf(nodes)), end);
      }
    }
    throw tokenReader.failure(tokenReader.peek(), "unexpected EOF");
  }

  /// Reads one node, or the beginning of `{{ end` or `{{ else`, which is the result then.
  private @Nullable Token textOrAction(List<Node> nodes) throws TemplateException {
    Token token = tokenReader.nextNonSpace();
    if (token.is(Kind.TEXT)) {
      nodes.add(new Node.Text(token.position(), token.text()));
      return null;
    }
    if (!token.is(Kind.LEFT_DELIMITER)) {
      throw tokenReader.unexpected(token, "input");
    }
    tokenReader.actionBegins(token);
    return action(nodes);
  }

  private @Nullable Token action(List<Node> nodes) throws TemplateException {
    Token token = tokenReader.nextNonSpace();
    int position = token.position();
    switch (token.kind()) {
      case END, ELSE -> {
        return token;
      }
      case BLOCK -> nodes.add(block());
      case BREAK, CONTINUE -> nodes.add(leave(token));
      case IF -> nodes.add(branch(Branch.Kind.IF, "if", position));
      case WITH -> nodes.add(branch(Branch.Kind.WITH, "with", position));
      case RANGE -> nodes.add(branch(Branch.Kind.RANGE, "range", position));
      case TEMPLATE -> nodes.add(call());
      default -> {
        tokenReader.back();
        Node.Pipeline pipeline = pipelines.pipeline("command", Kind.RIGHT_DELIMITER);
        nodes.add(new Node.Action(position, pipeline));
      }
    }
    return null;
  }

  private Node leave(Token token) throws TemplateException {
    if (rangeDepth == 0) {
      throw tokenReader.failure(token, "{{" + token.text() + "}} outside {{range}}");
    }
    tokenReader.expect(Kind.RIGHT_DELIMITER, "{{" + token.text() + "}}");
    return token.is(Kind.BREAK)
        ? new Node.Break(token.position())
        : new Node.Continue(token.position());
  }

  private Branch branch(Branch.Kind kind, String context, int position) throws TemplateException {
    int scope = pipelines.variables().size();
    Node.Pipeline pipeline = pipelines.pipeline(context, Kind.RIGHT_DELIMITER);
    rangeDepth += kind == Branch.Kind.RANGE ? 1 : 0;
    Body then = body();
    rangeDepth -= kind == Branch.Kind.RANGE ? 1 : 0;
    Node.Sequence otherwise = null;
    if (then.end.is(Kind.ELSE)) {
      Token next = tokenReader.peekNonSpace();
      boolean chained =
          (kind == Branch.Kind.IF && next.is(Kind.IF))
              || (kind == Branch.Kind.WITH && next.is(Kind.WITH));
      if (chained) {
        tokenReader.next();
        if (++depth > MAX_DEPTH) {
          throw tokenReader.failure("actions nested deeper than " + MAX_DEPTH);
        }
        Branch inner = branch(kind, context, next.position());
        depth--;
        otherwise = new Node.Sequence(next.position(), List.of(inner));
      } else {
        tokenReader.expect(Kind.RIGHT_DELIMITER, "else");
        Body body = body();
        if (!body.end.is(Kind.END)) {
          throw tokenReader.failure(body.end, "expected end; found {{" + body.end.text() + "}}");
        }
        tokenReader.expect(Kind.RIGHT_DELIMITER, "end");
        otherwise = body.nodes;
      }
    } else {
      tokenReader.expect(Kind.RIGHT_DELIMITER, "end");
    }
    List<String> variables = pipelines.variables();
    variables.subList(scope, variables.size()).clear();
    return new Branch(position, kind, pipeline, then.nodes, otherwise);
  }

  private Node.Call call() throws TemplateException {
    int position = tokenReader.peekNonSpace().position();
    String calling = templateName(tokenReader.nextNonSpace(), "template clause");
    calledTemplates.add(calling);
    if (tokenReader.nextNonSpace().is(Kind.RIGHT_DELIMITER)) {
      return new Node.Call(position, calling, null);
    }
    tokenReader.back();
    Node.Pipeline pipeline = pipelines.pipeline("template clause", Kind.RIGHT_DELIMITER);
    return new Node.Call(position, calling, pipeline);
  }

  private Node.Call block() throws TemplateException {
    int position = tokenReader.peekNonSpace().position();
    String context = "block clause";
    String defining = templateName(tokenReader.nextNonSpace(), context);
    Node.Pipeline pipeline = pipelines.pipeline(context, Kind.RIGHT_DELIMITER);
    definition(defining, context);
    calledTemplates.add(defining);
    return new Node.Call(position, defining, pipeline);
  }

  private String templateName(Token token, String context) throws TemplateException {
    if (!token.is(Kind.STRING) && !token.is(Kind.RAW_STRING)) {
      throw tokenReader.unexpected(token, context);
    }
    try {
      return Quote.unquote(token.text());
    } catch (IllegalArgumentException e) {
      throw tokenReader.failure(token, String.valueOf(e.getMessage()));
    }
  }
}
