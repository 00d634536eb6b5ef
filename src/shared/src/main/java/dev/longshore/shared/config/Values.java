package dev.longshore.shared.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// From nodes to values: puts variables in, parses, and tells what is refused. Null means that a
/// problem was told. One thread.
final class Values {
  /// Null where `${` means nothing.
  private final @Nullable Map<String, String> env;

  /// Where relative paths begin; null where whoever asks knows that.
  private final @Nullable Path folder;

  private final Problems problems;

  /// Where secrets stand.
  private final List<Node> secrets = new ArrayList<>();

  /// What stands in place of texts that are no secret as a whole.
  private final IdentityHashMap<Node, String> shown = new IdentityHashMap<>();

  /// Whether the file is in somebody else's format.
  boolean isVerbatim() {
    return env == null;
  }

  Values(@Nullable Map<String, String> env, @Nullable Path folder, Problems problems) {
    this.env = env;
    this.folder = folder;
    this.problems = problems;
  }

  /// Paths, the relative ones of which begin in the folder of the file.
  Type<Path> paths() {
    Path start = folder;
    return start == null
        ? Type.PATH
        : Type.PATH.map(path -> path.isAbsolute() ? path : start.resolve(path).normalize());
  }

  String fromFolder(String pattern) {
    return folder == null || pattern.startsWith("/") ? pattern : folder + "/" + pattern;
  }

  /// Whether the node is text that is empty once variables are put in.
  boolean isEmpty(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return false;
    }
    try {
      return interpolated(scalar).isEmpty();
    } catch (IllegalArgumentException e) {
      return false; // reading it tells why
    }
  }

  /// One value.
  ///
  /// @param secret whether its text may not be shown
  <T> @Nullable T read(Node node, String path, Type<T> type, boolean secret) {
    if (secret) {
      secrets.add(node);
    }
    String text = text(node, path, type, secret);
    return text == null ? null : parse(text, node, path, type, secret);
  }

  /// A list of values, or a single value as a list of one; null when none of its elements is sound.
  ///
  /// @param commas whether an element may hold several, separated by commas
  <T> @Nullable List<T> readList(Node node, String path, Type<T> type, boolean commas) {
    boolean many = node instanceof SequenceNode;
    List<Node> elements =
        node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      Node element = elements.get(i);
      String where = many ? path + "[" + i + "]" : path;
      String text = text(element, where, type, false);
      if (text == null) {
        continue;
      }
      for (String part : commas ? text.split(",", -1) : new String[] {text}) {
        T value = parse(commas ? part.strip() : part, element, where, type, false);
        if (value != null) {
          list.add(value);
        }
      }
    }
    return list.isEmpty() && !elements.isEmpty() ? null : Collections.unmodifiableList(list);
  }

  /// A list of texts that may not be shown.
  List<String> readSecrets(Node node, String path) {
    List<Node> elements =
        node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
    List<String> list = new ArrayList<>();
    for (Node element : elements) {
      String text = read(element, path, Type.TEXT, true);
      if (text != null) {
        list.add(text);
      }
    }
    return list;
  }

  /// Has another text shown in place of a node's.
  void show(Node node, String instead) {
    shown.put(node, instead);
  }

  /// What is shown of nodes whose text is not, by their identity.
  IdentityHashMap<Node, String> shown(String hidden) {
    IdentityHashMap<Node, String> all = new IdentityHashMap<>();
    shown.forEach(all::put);
    secrets.forEach(node -> all.put(node, hidden));
    return all;
  }

  List<Node> secrets() {
    return secrets;
  }

  private String interpolated(ScalarNode scalar) {
    return env == null ? scalar.getValue() : Interpolation.apply(scalar.getValue(), env);
  }

  private @Nullable String text(Node node, String path, Type<?> type, boolean secret) {
    if (!(node instanceof ScalarNode scalar)) {
      String message = "is " + NodeText.kind(node) + " where one value belongs; " + type.advice();
      problems.add(NodeText.line(node), path, null, message);
      return null;
    }
    try {
      return interpolated(scalar);
    } catch (IllegalArgumentException e) {
      String shown = secret ? Problems.HIDDEN : scalar.getValue();
      problems.add(NodeText.line(node), path, shown, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private <T> @Nullable T parse(String text, Node node, String path, Type<T> type, boolean secret) {
    try {
      return type.parse().apply(text);
    } catch (IllegalArgumentException e) {
      String shown = secret ? Problems.HIDDEN : text;
      problems.add(NodeText.line(node), path, shown, what(text, type, e) + "; " + type.advice());
      return null;
    }
  }

  private static String what(String text, Type<?> type, IllegalArgumentException e) {
    if (text.isBlank()) {
      return "is blank";
    }
    return e instanceof Type.OutOfRange ? String.valueOf(e.getMessage()) : "is not " + type.name();
  }
}
