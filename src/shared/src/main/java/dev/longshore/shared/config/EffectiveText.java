package dev.longshore.shared.config;

/// The values in force as YAML, which reads back as the same configuration but for its secrets.
final class EffectiveText {
  private EffectiveText() {}

  static void append(StringBuilder yaml, Section section, String indent) {
    section
        .items()
        .forEach(
            (key, item) -> {
              yaml.append(indent).append(key).append(':');
              switch (item) {
                case Item.Leaf leaf -> yaml.append(' ').append(leaf.effective()).append('\n');
                case Item.Group group -> appendGroup(yaml, group.section(), indent);
                case Item.Groups groups -> appendList(yaml, groups, indent);
              }
            });
  }

  private static void appendGroup(StringBuilder yaml, Section section, String indent) {
    yaml.append('\n');
    append(yaml, section, indent + "  ");
  }

  private static void appendList(StringBuilder yaml, Item.Groups groups, String indent) {
    if (groups.sections().isEmpty()) {
      yaml.append(" []\n");
      return;
    }
    yaml.append('\n');
    for (Section section : groups.sections()) {
      yaml.append(indent).append("  -\n");
      append(yaml, section, indent + "    ");
    }
  }
}
