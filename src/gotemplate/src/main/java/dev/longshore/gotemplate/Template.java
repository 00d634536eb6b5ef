package dev.longshore.gotemplate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A parsed template. Safe for use by any thread.
public final class Template {
  private final Tree tree;
  private final Map<String, Tree> trees;
  private final Functions functions;

  Template(Tree tree, Map<String, Tree> trees, Functions functions) {
    this.tree = tree;
    this.trees = trees;
    this.functions = functions;
  }

  /// What errors call it.
  public String name() {
    return tree.name();
  }

  /// The text that it was parsed from.
  public String text() {
    return tree.text();
  }

  /// Runs it with the functions of its library.
  ///
  /// @param data what `.` is: a `String`, `Double`, `Long`, `Boolean`, `Instant`, `ZonedDateTime`,
  ///   `Duration`, `List`, `Map` with keys of text, [TemplateObject], or null
  /// @throws TemplateException when the data does not suit it, or it exceeds the bounds
  public String execute(@Nullable Object data) throws TemplateException {
    return execute(data, functions);
  }

  /// Runs it with other functions of the same names: the query of this evaluation, say.
  ///
  /// @throws TemplateException as [#execute(Object)]
  public String execute(@Nullable Object data, Functions others) throws TemplateException {
    List<Node> nodes = tree.nodes().nodes();
    if (nodes.isEmpty()) {
      return "";
    }
    return nodes.size() == 1 && nodes.getFirst() instanceof Node.Text text
        ? text.text()
        : Execution.run(tree, trees, others, Bounds.whole(), data);
  }

  /// Runs it with data that is empty, for what is wrong whatever the data is: fields and templates
  /// that there are not, endless recursion.
  ///
  /// @return what is wrong, or null when nothing is, or the data alone
  public @Nullable String problemWith(@Nullable Object emptyData) {
    try {
      var _ = Execution.run(tree, trees, functions, Bounds.ofTrial(), emptyData);
      return null;
    } catch (TemplateException e) {
      return e.kind() == TemplateException.Kind.VALUE ? null : e.getMessage();
    }
  }

  /// Whether it, or a template that it calls, calls a function: a caller that must not block asks
  /// for `query`. One that calls templates by computed names (`tmpl`) is taken to call all.
  public boolean calls(String function) {
    Set<String> seen = new HashSet<>();
    Deque<Tree> open = new ArrayDeque<>(List.of(tree));
    while (!open.isEmpty()) {
      Tree next = open.pop();
      if (next.functions().contains(function)) {
        return true;
      }
      boolean computed = next.functions().contains("tmpl");
      for (String called : computed ? trees.keySet() : next.templates()) {
        Tree there = trees.get(called);
        if (there != null && seen.add(called)) {
          open.push(there);
        }
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "template " + name();
  }
}
