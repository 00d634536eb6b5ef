package dev.longshore.gotemplate;

import dev.longshore.gotemplate.TemplateException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values of pipelines within one template of a run: variables, fields, calls. One thread.
final class Evaluation {

  private static final class Variable {
    private final String name;
    private @Nullable Object value;

    private Variable(String name, @Nullable Object value) {
      this.name = name;
      this.value = value;
    }
  }

  /// No value was piped into a command.
  private static final Object NOTHING = new Object();

  private final Execution execution;
  private final Tree tree;
  private final Functions functions;
  private final Bounds bounds;

  /// The newest last.
  private final List<Variable> variables = new ArrayList<>();

  Evaluation(Execution execution, Tree tree, Functions functions, Bounds bounds) {
    this.execution = execution;
    this.tree = tree;
    this.functions = functions;
    this.bounds = bounds;
  }

  void declare(String name, @Nullable Object value) {
    variables.add(new Variable(name, value));
  }

  /// Sets the newest variable of a name.
  void set(String name, @Nullable Object value) throws TemplateException {
    newest(name).value = value;
  }

  private Variable newest(String name) throws TemplateException {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name.equals(name)) {
        return variables.get(i);
      }
    }
    // Only an assignment gets here: Go's parser lets it pass.
    throw new TemplateException(Kind.MISUSE, "undefined variable: " + name);
  }

  int scope() {
    return variables.size();
  }

  void endScope(int scope) {
    variables.subList(scope, variables.size()).clear();
  }

  /// A failure with the place of a node, unless it has one.
  TemplateException placed(Node node, TemplateException e) {
    if (e.isPlaced()) {
      return e;
    }
    String message =
        "template: %s: executing %s at <%s>: %s"
            .formatted(tree.place(node), Quote.quote(tree.name()), shown(node), e.getMessage());
    return new TemplateException(e.kind(), message, true);
  }

  private static String shown(Node node) {
    return switch (node) {
      case Node.Action action -> action.pipeline().toString();
      case Node.Branch branch -> branch.pipeline().toString();
      case Node.Text _ -> "text";
      default -> node.toString();
    };
  }

  @Nullable Object pipeline(Node.Pipeline pipeline, @Nullable Object dot) throws TemplateException {
    bounds.enter();
    Object value = NOTHING;
    for (Node.Command command : pipeline.commands()) {
      bounds.step();
      value = command(command, dot, value);
    }
    for (Node.Variable variable : pipeline.variables()) {
      if (pipeline.assigns()) {
        set(variable.name(), value);
      } else {
        declare(variable.name(), value);
      }
    }
    bounds.leave();
    return value;
  }

  private @Nullable Object command(
      Node.Command command, @Nullable Object dot, @Nullable Object piped) throws TemplateException {
    List<Node> rest = command.arguments().subList(1, command.arguments().size());
    Node first = command.arguments().getFirst();
    return switch (first) {
      case Node.Identifier function -> function(function, dot, rest, piped, command);
      case Node.Field field -> fields(field, dot, field.fields(), dot, rest, piped);
      case Node.Variable variable when !variable.fields().isEmpty() ->
          fields(variable, newest(variable.name()).value, variable.fields(), dot, rest, piped);
      case Node.Chain chain ->
          fields(chain, argument(chain.node(), dot), chain.fields(), dot, rest, piped);
      case Node.Nil nil -> throw failure(nil, Kind.MISUSE, "nil is not a command");
      default -> {
        if (!rest.isEmpty() || piped != NOTHING) {
          throw failure(first, Kind.MISUSE, "can't give argument to non-function " + first);
        }
        yield argument(first, dot);
      }
    };
  }

  /// The value of one operand.
  private @Nullable Object argument(Node node, @Nullable Object dot) throws TemplateException {
    return switch (node) {
      case Node.Dot _ -> dot;
      case Node.Nil _ -> null;
      case Node.Literal literal -> literal.value();
      case Node.Field field -> fields(field, dot, field.fields(), dot, List.of(), NOTHING);
      case Node.Variable variable ->
          fields(
              variable, newest(variable.name()).value, variable.fields(), dot, List.of(), NOTHING);
      case Node.Chain chain ->
          fields(chain, argument(chain.node(), dot), chain.fields(), dot, List.of(), NOTHING);
      case Node.Identifier function -> function(function, dot, List.of(), NOTHING, function);
      case Node.Pipeline pipeline -> pipeline(pipeline, dot);
      default -> throw failure(node, Kind.MISUSE, "can't handle " + node);
    };
  }

  /// Follows a chain of fields; the last one is given the arguments.
  private @Nullable Object fields(
      Node node,
      @Nullable Object receiver,
      List<String> fields,
      @Nullable Object dot,
      List<Node> arguments,
      @Nullable Object piped)
      throws TemplateException {
    Object value = receiver;
    for (int i = 0; i < fields.size(); i++) {
      bounds.step();
      boolean last = i == fields.size() - 1;
      List<@Nullable Object> given = last ? arguments(arguments, dot, piped) : new ArrayList<>();
      try {
        value = field(value, fields.get(i), given);
      } catch (TemplateException e) {
        throw placed(node, e);
      }
    }
    return value;
  }

  private @Nullable Object field(
      @Nullable Object receiver, String name, List<@Nullable Object> arguments)
      throws TemplateException {
    if (receiver == null) {
      return null;
    }
    Object member = Members.of(receiver, name, arguments);
    if (member != TemplateObject.NO_SUCH_MEMBER) {
      bounds.weigh(member);
      return member;
    }
    if (Values.plain(receiver) instanceof Map<?, ?> map) {
      if (!arguments.isEmpty()) {
        throw new TemplateException(Kind.MISUSE, name + " is not a method but has arguments");
      }
      Object value = Values.get(map, name);
      return value == null && !map.containsKey(name) ? Values.missing(receiver) : value;
    }
    throw new TemplateException(
        Kind.MISUSE, "can't evaluate field " + name + " in type " + Values.type(receiver));
  }

  private List<@Nullable Object> arguments(
      List<Node> nodes, @Nullable Object dot, @Nullable Object piped) throws TemplateException {
    List<@Nullable Object> values = new ArrayList<>(nodes.size() + 1);
    for (Node node : nodes) {
      values.add(argument(node, dot));
    }
    if (piped != NOTHING) {
      values.add(piped);
    }
    return values;
  }

  private @Nullable Object function(
      Node.Identifier identifier,
      @Nullable Object dot,
      List<Node> nodes,
      @Nullable Object piped,
      Node place)
      throws TemplateException {
    String name = identifier.name();
    Function function = functions.get(name);
    int count = nodes.size() + (piped == NOTHING ? 0 : 1);
    String refused = function.refuse(count);
    if (refused != null) {
      throw failure(identifier, Kind.MISUSE, "wrong number of args for " + name + ": " + refused);
    }
    if (name.equals("and") || name.equals("or")) {
      return firstThat(name.equals("or"), nodes, dot, piped);
    }
    List<@Nullable Object> arguments = arguments(nodes, dot, piped);
    for (int i = 0; i < arguments.size(); i++) {
      try {
        arguments.set(i, function.type(i).accept(arguments.get(i)));
      } catch (TemplateException e) {
        throw unsuitable(function.type(i), i < nodes.size() ? nodes.get(i) : identifier, e);
      }
      bounds.weigh(arguments.get(i));
    }
    try {
      Object result = function.body().call(arguments, execution);
      bounds.weigh(result);
      return result;
    } catch (TemplateException e) {
      if (e.kind() == Kind.LIMIT) {
        throw placed(place, e);
      }
      throw placed(
          place, new TemplateException(e.kind(), "error calling " + name + ": " + e.getMessage()));
    }
  }

  private TemplateException unsuitable(Function.Type type, Node node, TemplateException e) {
    return node instanceof Node.Literal
        ? failure(node, Kind.MISUSE, "expected " + type + "; found " + node)
        : placed(node, e);
  }

  /// `and`, `or`: the first value that decides, the others are not looked at; else the last one.
  private @Nullable Object firstThat(
      boolean truth, List<Node> nodes, @Nullable Object dot, @Nullable Object piped)
      throws TemplateException {
    Object value = null;
    for (Node node : nodes) {
      value = argument(node, dot);
      if (Values.isTrue(value) == truth) {
        return value;
      }
    }
    return piped == NOTHING ? value : piped;
  }

  private TemplateException failure(Node node, Kind kind, String what) {
    return placed(node, new TemplateException(kind, what));
  }
}
