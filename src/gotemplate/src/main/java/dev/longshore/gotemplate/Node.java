package dev.longshore.gotemplate;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A node of a parsed template; it prints as errors quote it.
sealed interface Node {

  /// Of its first character in the text.
  int position();

  record Text(int position, String text) implements Node {
    @Override
    public String toString() {
      return text;
    }
  }

  /// Nodes in a row.
  record Sequence(int position, List<Node> nodes) implements Node {}

  /// `{{ pipeline }}`.
  record Action(int position, Pipeline pipeline) implements Node {}

  /// Commands, each of which is given the result of the one before.
  ///
  /// @param assigns whether it sets variables that there are, rather than declares them
  record Pipeline(int position, boolean assigns, List<Variable> variables, List<Command> commands)
      implements Node {
    @Override
    public String toString() {
      String names = variables.stream().map(Variable::toString).collect(Collectors.joining(", "));
      String body = commands.stream().map(Command::toString).collect(Collectors.joining(" | "));
      return names.isEmpty() ? body : names + (assigns ? " = " : " := ") + body;
    }
  }

  record Command(int position, List<Node> arguments) implements Node {
    @Override
    public String toString() {
      return arguments.stream().map(Node::argument).collect(Collectors.joining(" "));
    }
  }

  /// A function's name.
  record Identifier(int position, String name) implements Node {
    @Override
    public String toString() {
      return name;
    }
  }

  /// `$x.A.B`: the variable with its `$`, and the fields.
  record Variable(int position, String name, List<String> fields) implements Node {
    @Override
    public String toString() {
      return name + dotted(fields);
    }
  }

  /// `.A.B`.
  record Field(int position, List<String> fields) implements Node {
    @Override
    public String toString() {
      return dotted(fields);
    }
  }

  /// `(pipeline).A.B`.
  record Chain(int position, Node node, List<String> fields) implements Node {
    @Override
    public String toString() {
      return argument(node) + dotted(fields);
    }
  }

  record Dot(int position) implements Node {
    @Override
    public String toString() {
      return ".";
    }
  }

  record Nil(int position) implements Node {
    @Override
    public String toString() {
      return "nil";
    }
  }

  /// A constant.
  ///
  /// @param text as it is written
  record Literal(int position, String text, Object value) implements Node {
    @Override
    public String toString() {
      return text;
    }
  }

  /// `{{ if }}`, `{{ with }}`, `{{ range }}`.
  record Branch(
      int position, Kind kind, Pipeline pipeline, Sequence then, @Nullable Sequence otherwise)
      implements Node {
    enum Kind {
      IF,
      WITH,
      RANGE
    }
  }

  record Break(int position) implements Node {}

  record Continue(int position) implements Node {}

  /// `{{ template "name" pipeline }}`.
  record Call(int position, String name, @Nullable Pipeline pipeline) implements Node {
    @Override
    public String toString() {
      return "{{template " + Quote.quote(name) + (pipeline == null ? "" : " " + pipeline) + "}}";
    }
  }

  private static String argument(Node node) {
    return node instanceof Pipeline ? "(" + node + ")" : node.toString();
  }

  private static String dotted(List<String> fields) {
    return fields.stream().map(field -> "." + field).collect(Collectors.joining());
  }
}
