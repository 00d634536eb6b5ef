package dev.longshore.shared.config;

import dev.longshore.shared.units.DataSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A mapping of the file, asked for its keys one by one. Asking declares: the key's name, its
/// default and one sentence that describes it. One thread.
///
/// A key that is absent, or has no value (`key:`), has its default. A key with a problem has its
/// default too; the problem is told by [ConfigReader#finish].
public final class Section {

  /// The dotted path from the top; empty at the top.
  private final String path;

  /// Line of the mapping, 0 when the file has none.
  private final int line;

  private final Values values;
  private final Problems problems;
  private final List<Section> all;

  /// Whether this is read for the keys alone, without a file.
  private final boolean describing;

  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, Item> items = new LinkedHashMap<>();

  /// The top of a file.
  Section(MappingNode node, Values values, Problems problems, List<Section> all) {
    this("", NodeText.line(node), values, problems, all, false);
    fill(node);
  }

  private Section(
      String path,
      int line,
      Values values,
      Problems problems,
      List<Section> all,
      boolean describing) {
    this.path = path;
    this.line = line;
    this.values = values;
    this.problems = problems;
    this.all = all;
    this.describing = describing;
    all.add(this);
  }

  /// A section without a file, in which every list of sections has one element.
  static Section describing() {
    Problems problems = new Problems("defaults");
    return new Section(
        "", 0, new Values(Map.of(), null, problems), problems, new ArrayList<>(), true);
  }

  private void fill(MappingNode node) {
    for (NodeTuple tuple : node.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode scalar)) {
        problems.add(
            NodeText.line(key), path, null, "a key is " + NodeText.kind(key) + "; write a word");
        continue;
      }
      String name = scalar.getValue();
      Node before = keys.putIfAbsent(name, key);
      if (before == null) {
        nodes.put(name, tuple.getValueNode());
      } else {
        problems.add(
            NodeText.line(key),
            pathOf(name),
            null,
            "the key is there already, in line " + NodeText.line(before) + "; write it once");
      }
    }
  }

  /// Text that is not blank.
  public String string(String key, String standard, String description) {
    return value(key, Type.TEXT, standard, description);
  }

  /// Text that is not blank, whose default depends on the machine.
  ///
  /// @param standardText what the reference page says in place of the default
  public String string(String key, String standard, String standardText, String description) {
    String read = read(key, Type.TEXT, false);
    String value = read == null ? standard : read;
    put(key, new Item.Leaf(description, Type.TEXT.accepted(), standardText, false, yaml(value)));
    return value;
  }

  /// Text that must be there; empty when it is not, which is a problem.
  public String requiredString(String key, String description) {
    String text = read(key, Type.TEXT, false);
    if (text == null && isAbsent(key) && !describing) {
      problems.add(lineOf(key), pathOf(key), null, "is missing; " + Type.TEXT.advice());
    }
    put(key, new Item.Leaf(description, Type.TEXT.accepted(), "required", false, yaml(text)));
    return text == null ? "" : text;
  }

  /// Text, or null when absent or empty (so `${NAME:}` is a way to leave it open).
  public @Nullable String optionalString(String key, String description) {
    return optional(key, Type.TEXT, description);
  }

  /// Any text, or null when absent; empty text is text.
  public @Nullable String optionalText(String key) {
    boolean absent = isAbsent(key);
    String text = value(key, Type.ANY_TEXT, "", "");
    return absent ? null : text;
  }

  /// Text that is never shown, or null when absent or empty.
  public @Nullable String secret(String key, String description) {
    String text = isEmptyText(key) ? null : read(key, Type.TEXT, true);
    leaf(key, description, "a secret", null, text == null ? "null" : "\"" + Problems.HIDDEN + "\"");
    return text;
  }

  public boolean bool(String key, boolean standard, String description) {
    return value(key, values.isVerbatim() ? Type.BOOL_AS_GO : Type.BOOL, standard, description);
  }

  /// A whole number from `min` to `max`.
  public int integer(String key, int standard, int min, int max, String description) {
    return value(key, Type.integer(min, max), standard, description);
  }

  /// A duration from `min` to `max`.
  public Duration duration(
      String key, Duration standard, Duration min, Duration max, String description) {
    return value(key, Type.duration(min, max), standard, description);
  }

  /// A duration from `min` to `max`, or null when absent or empty.
  public @Nullable Duration optionalDuration(
      String key, Duration min, Duration max, String description) {
    return optional(key, Type.duration(min, max), description);
  }

  /// A size from `min` to `max`.
  public DataSize dataSize(
      String key, DataSize standard, DataSize min, DataSize max, String description) {
    return value(key, Type.dataSize(min, max), standard, description);
  }

  /// One of a few words.
  public String oneOf(String key, String standard, List<String> allowed, String description) {
    return value(key, Type.oneOf(allowed), standard, description);
  }

  /// A path; a relative one begins in the folder of the file.
  public Path path(String key, Path standard, String description) {
    return value(key, values.paths(), standard, description);
  }

  /// A path, or null when absent or empty; a relative one begins in the folder of the file.
  public @Nullable Path optionalPath(String key, String description) {
    return optional(key, values.paths(), description);
  }

  /// A pattern of paths as it is meant: a relative one begins in the folder of the file.
  public String fromFolder(String pattern) {
    return values.fromFolder(pattern);
  }

  /// A list of texts; a single value is a list of one.
  public List<String> strings(String key, List<String> standard, String description) {
    return list(key, Type.TEXT, "a list of texts", false, standard, description);
  }

  /// A list of at least one `http` or `https` URL; within a value they may be separated by commas,
  /// so that one environment variable can hold them all.
  public List<URI> uris(String key, List<URI> standard, String description) {
    List<URI> uris = list(key, Type.URI_OF_SERVER, "a list of URLs", true, standard, description);
    if (uris.isEmpty()) {
      problem(key, "the list is empty; " + Type.URI_OF_SERVER.advice());
      return standard;
    }
    return uris;
  }

  /// The texts under a key by their names, in the order of the file, such as labels; empty ones
  /// too.
  public Map<String, String> texts(String key, String description) {
    return section(key, description).texts();
  }

  /// The texts under all keys of this section, by their names, in the order of the file.
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : keys.keySet()) {
      texts.put(name, value(name, Type.ANY_TEXT, "", ""));
    }
    return texts;
  }

  /// What stands under a key, as JSON, whatever it is; `{}` when the key is absent. Its inside is
  /// nobody's keys, and without variables.
  public String json(String key) {
    Node node = valueNode(key);
    put(key, new Item.Groups("", List.of()));
    return node == null ? "{}" : Tree.json(node);
  }

  /// Whether a mapping stands under a key, and not one value.
  public boolean isSection(String key) {
    return valueNode(key) instanceof MappingNode;
  }

  /// The mappings under a key by their names, in the order of the file; none when it is absent.
  public Map<String, Section> sectionsByName(String key) {
    Map<String, Section> sections = new LinkedHashMap<>();
    Section section = section(key, "");
    for (String name : section.keys.keySet()) {
      sections.put(name, section.section(name, ""));
    }
    return sections;
  }

  /// The texts under a key by their names, never shown, in the order of the file; empty ones too.
  public Map<String, String> secretTexts(String key, String description) {
    Map<String, String> texts = new LinkedHashMap<>();
    Section section = section(key, description);
    for (String name : section.keys.keySet()) {
      String text = section.secret(name, "");
      texts.put(name, text == null ? "" : text);
    }
    return texts;
  }

  /// Has another text shown in place of a key's value, because of what that turned out to be: a URL
  /// with a password.
  public void show(String key, String instead) {
    Node node = valueNode(key);
    if (node != null) {
      values.show(node, instead);
    }
  }

  /// A list of texts that are never shown; a single value is a list of one.
  public List<String> secrets(String key) {
    Node node = valueNode(key);
    List<String> read = node == null ? List.of() : values.readSecrets(node, pathOf(key));
    leaf(
        key,
        "",
        "a list of secrets",
        "[]",
        read.isEmpty() ? "[]" : "[\"" + Problems.HIDDEN + "\"]");
    return read;
  }

  /// A scalar of any type.
  public <T> T value(String key, Type<T> type, T standard, String description) {
    T read = read(key, type, false);
    T value = read == null ? standard : read;
    String standardText = type.format().apply(standard);
    leaf(key, description, type.accepted(), standardText, yaml(type.format().apply(value)));
    return value;
  }

  private <T> @Nullable T optional(String key, Type<T> type, String description) {
    T value = isEmptyText(key) ? null : read(key, type, false);
    leaf(
        key,
        description,
        type.accepted(),
        null,
        value == null ? "null" : NodeText.yaml(type.format().apply(value)));
    return value;
  }

  private <T> List<T> list(
      String key,
      Type<T> type,
      String accepted,
      boolean commas,
      List<T> standard,
      String description) {
    Node node = valueNode(key);
    List<T> read = node == null ? null : values.readList(node, pathOf(key), type, commas);
    List<T> list = read == null ? List.copyOf(standard) : read;
    leaf(key, description, accepted, yaml(standard, type), yaml(list, type));
    return list;
  }

  /// The mapping under a key; where the file has none, all its keys have their defaults.
  public Section section(String key, String description) {
    Node node = valueNode(key);
    Section section =
        new Section(
            pathOf(key), node == null ? line : lineOf(key), values, problems, all, describing);
    if (node instanceof MappingNode mapping) {
      section.fill(mapping);
    } else if (node != null) {
      problems.add(
          lineOf(key),
          pathOf(key),
          null,
          "is " + NodeText.kind(node) + "; write keys below it, further to the right");
    }
    put(key, new Item.Group(description, section));
    return section;
  }

  /// The mappings of the list under a key; none when it is absent. An element that is no mapping is
  /// a problem and left out.
  public List<Section> sections(String key, String description) {
    List<Section> sections = new ArrayList<>();
    Node node = valueNode(key);
    if (node instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        Node element = list.getValue().get(i);
        String elementPath = pathOf(key) + "[" + i + "]";
        if (element instanceof MappingNode mapping) {
          Section section =
              new Section(elementPath, NodeText.line(element), values, problems, all, describing);
          section.fill(mapping);
          sections.add(section);
        } else {
          problems.add(
              NodeText.line(element),
              elementPath,
              null,
              "is " + NodeText.kind(element) + "; write keys and values");
        }
      }
    } else if (node != null) {
      problems.add(
          lineOf(key),
          pathOf(key),
          null,
          "is " + NodeText.kind(node) + "; write a list, each element with `- ` before it");
    }
    if (describing) {
      sections.add(new Section(pathOf(key) + "[]", 0, values, problems, all, true));
    }
    put(key, new Item.Groups(description, Collections.unmodifiableList(sections)));
    return sections;
  }

  /// Adds a problem that only the caller can see, at a key's line.
  ///
  /// @param message what is wrong; what would be accepted. It holds no secret.
  public void problem(String key, String message) {
    problems.add(lineOf(key), pathOf(key), null, message);
  }

  /// Makes a record whose constructor checks its components: what it refuses becomes a problem of
  /// this section.
  ///
  /// @param fallback the result then
  public <T> T build(Supplier<T> constructor, T fallback) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      problems.add(line, path, null, String.valueOf(e.getMessage()));
      return fallback;
    }
  }

  /// Knows a key that is not accepted, for a better message than that it is unknown.
  public void refuse(String key, String message) {
    if (keys.containsKey(key)) {
      put(key, new Item.Groups("", List.of()));
      problem(key, message);
    }
  }

  /// Knows a key that is accepted and means nothing here, whatever its value is.
  public void ignore(String key) {
    if (keys.containsKey(key)) {
      put(key, new Item.Groups("", List.of()));
    }
  }

  /// Adds a problem of the section as a whole, at its line.
  public void problem(String message) {
    problems.add(line, path, null, message);
  }

  /// The line of a key, from 1; the section's own when the key is not there.
  public int line(String key) {
    return lineOf(key);
  }

  /// The section's line, from 1; 0 when the file has none.
  public int line() {
    return line;
  }

  /// The dotted path from the top, such as `groups[0].rules[2]`; empty at the top.
  public String path() {
    return path;
  }

  /// The keys that are there, in the order of the file.
  public List<String> names() {
    return List.copyOf(keys.keySet());
  }

  /// Whether the file says nothing about a key.
  public boolean isAbsent(String key) {
    return valueNode(key) == null;
  }

  void refuseUnknownKeys(List<Section> sections) {
    keys.forEach(
        (key, node) -> {
          if (!items.containsKey(key)) {
            problems.add(
                NodeText.line(node), pathOf(key), null, UnknownKey.message(key, this, sections));
          }
        });
  }

  Map<String, Item> items() {
    return items;
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private int lineOf(String key) {
    Node node = keys.get(key);
    return node == null ? line : NodeText.line(node);
  }

  /// What stands under a key, null when that is nothing.
  private @Nullable Node valueNode(String key) {
    Node node = nodes.get(key);
    return node == null || NodeText.isNull(node) ? null : node;
  }

  /// Whether a key has text, and that is empty once variables are put in.
  private boolean isEmptyText(String key) {
    Node node = valueNode(key);
    return node != null && values.isEmpty(node);
  }

  private <T> @Nullable T read(String key, Type<T> type, boolean secret) {
    Node node = valueNode(key);
    return node == null ? null : values.read(node, pathOf(key), type, secret);
  }

  private void leaf(
      String key, String description, String accepted, @Nullable String standard, String value) {
    put(key, new Item.Leaf(description, accepted, standard, true, value));
  }

  private void put(String key, Item item) {
    if (items.put(key, item) != null) {
      throw new IllegalStateException("the key " + pathOf(key) + " is declared twice");
    }
  }

  private static String yaml(@Nullable String text) {
    return text == null ? "null" : NodeText.yaml(text);
  }

  private static <T> String yaml(List<T> list, Type<T> type) {
    return list.stream()
        .map(element -> NodeText.yaml(type.format().apply(element)))
        .toList()
        .toString();
  }
}
