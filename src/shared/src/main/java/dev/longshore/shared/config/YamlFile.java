package dev.longshore.shared.config;

import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A YAML file on its way to a tree of nodes. Whatever is wrong with it as a file or as YAML ends
/// the reading, because nothing that follows could be trusted.
final class YamlFile {

  /// Configuration files above this are refused unread, in bytes.
  static final int MAX_BYTES_OF_CONFIGURATION = 1 << 20;

  /// Files in somebody else's format may be generated, and are refused above this, in bytes.
  static final int MAX_BYTES_VERBATIM = 1 << 25;

  /// Deeper nesting is refused: the composer recurses.
  static final int MAX_DEPTH = 64;

  /// More values are refused, where each alias counts as what it stands for: some lines of aliases
  /// of aliases would be walked for hours. The largest file that is read has fewer.
  static final long MAX_NODES = 1L << 21;

  private static final long BEING_COUNTED = -1;

  /// Each is found by reading the text once more.
  private static final int MAX_SEPARATORS = 100;

  /// Of a line, where text may be broken.
  private static final int WIDTH = 4096;

  private final String name;
  private final Problems problems;

  /// What was read; null before that, and where the file is empty.
  private @Nullable Node top;

  YamlFile(String name, Problems problems) {
    this.name = name;
    this.problems = problems;
  }

  /// The mapping at the top of a file.
  ///
  /// @throws ConfigException when there is none
  MappingNode read(Path file, int maxBytes) {
    return read(decode(bytes(file, maxBytes)));
  }

  /// The mapping at the top of a text.
  ///
  /// @throws ConfigException when there is none
  MappingNode read(String text) {
    top = compose(text);
    if (top == null) {
      throw failure(0, "the file is empty; write at least one key");
    }
    YamlTags.Refused refused =
        YamlTags.first(top, Collections.newSetFromMap(new IdentityHashMap<>()));
    if (refused != null) {
      throw failure(NodeText.line(refused.at()), refused.message());
    }
    return mapping(top);
  }

  /// The mapping at the top of a text in a format of Prometheus or Alertmanager, as Go reads it: a
  /// text that is empty or `null` has no keys, and `<<` merges a mapping into another.
  ///
  /// @throws ConfigException when there is none
  MappingNode readAsGo(String text) {
    top = compose(text);
    if (top == null || isNull(top)) {
      return new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.AUTO);
    }
    merge(top, Collections.newSetFromMap(new IdentityHashMap<>()));
    return mapping(top);
  }

  /// The same of a file.
  ///
  /// @throws ConfigException when there is none
  MappingNode readAsGo(Path file, int maxBytes) {
    return readAsGo(decode(bytes(file, maxBytes)));
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  /// Replaces `<<` by the keys of its mappings that are not there yet, the first of several before
  /// the others, in this node and below.
  ///
  /// @param done nodes are shared where a file has aliases
  private static void merge(Node node, Set<Node> done) {
    if (!done.add(node)) {
      return;
    }
    switch (node) {
      case SequenceNode sequence -> sequence.getValue().forEach(it -> merge(it, done));
      case MappingNode mapping -> {
        mapping.getValue().forEach(it -> merge(it.getValueNode(), done));
        if (mapping.getValue().stream().anyMatch(YamlFile::isMerge)) {
          mapping.setValue(merged(mapping));
        }
      }
      default -> {}
    }
  }

  private static boolean isMerge(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode key
        && key.isPlain()
        && key.getValue().equals("<<")
        && mappings(tuple.getValueNode()) != null;
  }

  private static @Nullable List<MappingNode> mappings(Node value) {
    List<Node> nodes = value instanceof SequenceNode list ? list.getValue() : List.of(value);
    List<MappingNode> mappings = new ArrayList<>();
    for (Node node : nodes) {
      if (!(node instanceof MappingNode mapping)) {
        return null;
      }
      mappings.add(mapping);
    }
    return mappings;
  }

  private static List<NodeTuple> merged(MappingNode mapping) {
    List<NodeTuple> own = mapping.getValue().stream().filter(it -> !isMerge(it)).toList();
    List<NodeTuple> merged = new ArrayList<>(own);
    Set<String> keys = new HashSet<>();
    own.forEach(it -> keys.add(key(it)));
    for (NodeTuple tuple : mapping.getValue()) {
      List<MappingNode> sources = isMerge(tuple) ? mappings(tuple.getValueNode()) : null;
      for (MappingNode source : sources == null ? List.<MappingNode>of() : sources) {
        for (NodeTuple inherited : source.getValue()) {
          if (keys.add(key(inherited))) {
            merged.add(inherited);
          }
        }
      }
    }
    return merged;
  }

  private static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode key
        ? key.getValue()
        : String.valueOf(System.identityHashCode(tuple));
  }

  private MappingNode mapping(Node top) {
    if (top instanceof MappingNode mapping) {
      return mapping;
    }
    throw failure(
        NodeText.line(top),
        "the file holds " + NodeText.kind(top) + "; write keys and values, such as `name: value`");
  }

  /// What was read as YAML again, with other texts in place of some. Comments, which may hold
  /// anything, are not in it, and aliases are what they stand for.
  ///
  /// @param shown texts in place of nodes, by their identity
  String text(IdentityHashMap<Node, String> shown) {
    Node top = this.top;
    if (top == null) {
      return "";
    }
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(WIDTH).build();
    return new Present(settings)
        .emitToString(new Serialize(settings).serializeOne(copy(top, shown)).iterator());
  }

  /// Nodes that are shared would be written as anchors and aliases.
  private static Node copy(Node node, IdentityHashMap<Node, String> shown) {
    String instead = shown.get(node);
    if (instead != null) {
      return new ScalarNode(Tag.STR, instead, ScalarStyle.PLAIN);
    }
    return switch (node) {
      case MappingNode mapping ->
          new MappingNode(
              mapping.getTag(),
              mapping.getValue().stream()
                  .map(
                      it ->
                          new NodeTuple(
                              copy(it.getKeyNode(), shown), copy(it.getValueNode(), shown)))
                  .toList(),
              mapping.getFlowStyle());
      case SequenceNode sequence ->
          new SequenceNode(
              sequence.getTag(),
              sequence.getValue().stream().map(it -> copy(it, shown)).toList(),
              sequence.getFlowStyle());
      case ScalarNode scalar ->
          new ScalarNode(scalar.getTag(), scalar.getValue(), scalar.getScalarStyle());
      default -> node;
    };
  }

  private byte[] bytes(Path file, int maxBytes) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        throw failure(0, "is a directory; name a YAML file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(maxBytes + 1);
      }
    } catch (NoSuchFileException e) {
      throw failure(0, "there is no such file");
    } catch (AccessDeniedException e) {
      throw failure(0, "the file is not readable for this user; check its owner and mode");
    } catch (IOException e) {
      throw failure(0, "the file can't be read: " + e.getMessage());
    }
    if (bytes.length > maxBytes) {
      throw failure(
          0, "the file is above " + DataSize.ofBytes(maxBytes) + ", which no configuration needs");
    }
    return bytes;
  }

  private String decode(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(in, text, true);
    text.flip();
    if (result.isError()) {
      throw failure(
          lineAt(text, text.length()),
          "byte 0x%02x is not UTF-8; save the file as UTF-8".formatted(bytes[in.position()]));
    }
    return text.toString();
  }

  /// Go, and with it Helm, writes the separators of lines and of paragraphs as `\L` and `\P`, as
  /// YAML has them; the parser does not know these. It says where the first is.
  private @Nullable Node compose(String text) {
    String known = text;
    for (int replaced = 0; ; replaced++) {
      try {
        return composed(known);
      } catch (MarkedYamlEngineException e) {
        String next = replaced < MAX_SEPARATORS ? withoutSeparator(known, e) : null;
        if (next == null) {
          YamlMistake mistake = YamlMistake.of(e);
          throw failure(mistake.line(), "not YAML: " + mistake.message());
        }
        known = next;
      }
    }
  }

  /// The text with the escape of which the parser complains in digits; null where it is another.
  private static @Nullable String withoutSeparator(String text, MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    if (e.getProblemMark().isEmpty() || !problem.startsWith("found unknown escape character")) {
      return null;
    }
    int at = text.offsetByCodePoints(0, e.getProblemMark().get().getIndex());
    return switch (text.charAt(at)) {
      case 'L' -> text.substring(0, at) + "u2028" + text.substring(at + 1);
      case 'P' -> text.substring(0, at) + "u2029" + text.substring(at + 1);
      default -> null;
    };
  }

  private @Nullable Node composed(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(name)
            .setAllowNonScalarKeys(true) // [Section] refuses them, with their line
            .setMaxAliasesForCollections(Integer.MAX_VALUE) // what they come to is bounded below
            .build();
    try {
      int depth = 0;
      for (Event event : new Parse(settings).parseString(text)) {
        depth +=
            switch (event.getEventId()) {
              case MappingStart, SequenceStart -> 1;
              case MappingEnd, SequenceEnd -> -1;
              default -> 0;
            };
        if (depth > MAX_DEPTH) {
          int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
          throw failure(line, "nested deeper than " + MAX_DEPTH + " levels");
        }
      }
      Node composed = document(settings, text);
      if (composed != null) {
        resolved(composed, new IdentityHashMap<>());
      }
      return composed;
    } catch (MarkedYamlEngineException e) {
      throw e;
    } catch (ReaderException e) {
      throw failure(
          lineAt(text, text.offsetByCodePoints(0, e.getPosition())),
          "not YAML: the character U+%04X is not allowed%s"
              .formatted(
                  e.getCodePoint(), e.getCodePoint() == 0 ? "; save the file as UTF-8" : ""));
    } catch (YamlEngineException e) {
      throw failure(0, "not YAML: " + FailureText.of(e));
    }
  }

  /// The one document that holds something; templates leave empty ones around it.
  private @Nullable Node document(LoadSettings settings, String text) {
    Node found = null;
    for (Node document : new Compose(settings).composeAllFromString(text)) {
      if (found == null || isNull(found)) {
        found = document;
      } else if (!isNull(document)) {
        throw failure(
            document.getStartMark().map(mark -> mark.getLine() + 1).orElse(0),
            "a second document begins here, and only the first would be read; write it into a file of its own");
      }
    }
    return found;
  }

  /// How many nodes there are below one, and itself, where each alias is what it stands for. An
  /// alias can only name what began before it, so what was counted once is not walked again, and
  /// the recursion is as deep as the text is nested.
  ///
  /// @param counts of the nodes that were counted; [#BEING_COUNTED] of those above this one
  private long resolved(Node node, IdentityHashMap<Node, Long> counts) {
    if (node instanceof ScalarNode) {
      return 1;
    }
    Long before = counts.put(node, BEING_COUNTED);
    if (before != null) {
      if (before == BEING_COUNTED) {
        throw failure(NodeText.line(node), "an alias stands within what it names; write it out");
      }
      counts.put(node, before);
      return before;
    }
    long count = 1;
    switch (node) {
      case SequenceNode sequence -> {
        for (Node below : sequence.getValue()) {
          count += resolved(below, counts);
        }
      }
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          count += resolved(tuple.getKeyNode(), counts) + resolved(tuple.getValueNode(), counts);
        }
      }
      default -> {}
    }
    if (count > MAX_NODES) {
      throw failure(
          NodeText.line(node),
          "with its aliases written out it has more than " + MAX_NODES + " values");
    }
    counts.put(node, count);
    return count;
  }

  private static int lineAt(CharSequence text, int end) {
    int line = 1;
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
    return line;
  }

  private ConfigException failure(int line, String message) {
    problems.add(line, "", null, message);
    return problems.toException();
  }
}
