package dev.longshore.shared.config;

import java.util.Map;
import java.util.function.Consumer;

/// The reference page of a configuration, made from the declarations in the code that reads it.
public final class Reference {
  private final StringBuilder page = new StringBuilder();

  private Reference() {}

  /// Markdown: one table for each section.
  ///
  /// @param introduction title and text that stand before the tables
  /// @param declare asks the section that it gets for every key, as when reading a file
  public static String markdown(String introduction, Consumer<Section> declare) {
    Section root = Section.describing();
    declare.accept(root);
    Reference reference = new Reference();
    reference.page.append(introduction.strip()).append('\n');
    reference.append(root);
    return reference.page.toString();
  }

  private void append(Section section) {
    boolean open = false;
    for (Map.Entry<String, Item> entry : section.items().entrySet()) {
      if (entry.getValue() instanceof Item.Leaf leaf) {
        if (!open) {
          page.append("\n| Key | Default | Accepts | |\n|---|---|---|---|\n");
          open = true;
        }
        appendRow(entry.getKey(), leaf);
      }
    }
    for (Map.Entry<String, Item> entry : section.items().entrySet()) {
      switch (entry.getValue()) {
        case Item.Leaf _ -> {}
        case Item.Group group -> appendHeaded(group.description(), group.section());
        case Item.Groups groups -> appendHeaded(groups.description(), groups.sections().getFirst());
      }
    }
  }

  private void appendHeaded(String description, Section section) {
    page.append("\n## `").append(section.path()).append("`\n\n").append(description).append('\n');
    append(section);
  }

  private void appendRow(String key, Item.Leaf leaf) {
    String standard = leaf.standard();
    page.append("| `").append(key).append("` | ");
    if (standard != null) {
      page.append(leaf.isLiteral() ? "`" + cell(standard) + "`" : cell(standard));
    }
    page.append(" | ").append(cell(leaf.accepted()));
    page.append(" | ").append(cell(leaf.description())).append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
