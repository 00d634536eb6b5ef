package dev.longshore.gotemplate;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/// One definition, parsed.
///
/// @param name that calls use
/// @param textName what errors call the text that it is in
/// @param text that it is in, in which positions count
/// @param functions that it calls
/// @param templates that it calls
record Tree(
    String name,
    String textName,
    String text,
    Node.Sequence nodes,
    Set<String> functions,
    Set<String> templates) {

  /// Where a node is: `name:line:column`, the column in bytes from 0, as in Go.
  String place(Node node) {
    String before = text.substring(0, Math.min(node.position(), text.length()));
    long line = 1 + before.chars().filter(c -> c == '\n').count();
    String inLine = before.substring(before.lastIndexOf('\n') + 1);
    int column = inLine.getBytes(StandardCharsets.UTF_8).length;
    return textName + ":" + line + ":" + column;
  }

  /// Whether there is nothing in it: a text of definitions and space does not replace a template.
  boolean isEmpty() {
    return nodes.nodes().stream()
        .allMatch(node -> node instanceof Node.Text space && space.text().isBlank());
  }
}
