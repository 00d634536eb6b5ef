package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.http.Secrets;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads one entry of a kind whose messages are posted: gathers its templates, and reads the keys
/// that all such kinds have.
public final class EntryKeys {
  private final Section section;
  private final Path folder;
  private final Map<String, String> templates = new LinkedHashMap<>();

  /// @param folder of the file; relative paths begin there
  public EntryKeys(Section section, Path folder) {
    this.section = section;
    this.folder = folder;
  }

  /// Reads a text that is a template.
  ///
  /// @param standard where the key is absent
  public EntryKeys template(String key, String standard) {
    String text = section.optionalText(key);
    templates.put(key, text == null ? standard : text);
    return this;
  }

  /// Reads texts that are templates and must be there.
  public EntryKeys required(String... keys) {
    for (String key : keys) {
      templates.put(key, section.requiredString(key, ""));
    }
    return this;
  }

  /// A template that was read; empty where there was none.
  public String text(String key) {
    return templates.getOrDefault(key, "");
  }

  /// The names of a map that was read.
  public List<String> names(String map) {
    String prefix = map + ".";
    return templates.keySet().stream()
        .filter(it -> it.startsWith(prefix))
        .map(it -> it.substring(prefix.length()))
        .toList();
  }

  /// Takes a text that is a template.
  public void put(String key, String text) {
    templates.put(key, text);
  }

  /// Reads texts that are templates; absent ones are left out.
  public EntryKeys templates(String... keys) {
    for (String key : keys) {
      String text = section.optionalText(key);
      if (text != null) {
        templates.put(key, text);
      }
    }
    return this;
  }

  /// Reads a map of texts that are templates, in the order of their names.
  ///
  /// @param standard those that are there unless the entry has the same key
  public EntryKeys map(String key, Map<String, String> standard) {
    Map<String, String> all = new TreeMap<>(standard);
    all.putAll(section.texts(key, ""));
    all.forEach((name, text) -> templates.put(key + "." + name, text));
    return this;
  }

  /// Reads a mapping whose texts are templates, however deep they are.
  ///
  /// @param standard what is there unless the entry has the same key
  public TemplateTree tree(String key, Map<String, String> standard) {
    JsonNode own = JsonFields.of(section.json(key));
    if (!own.isObject()) {
      section.problem(key, "is no mapping; write names and values below it");
      own = JsonNodeFactory.instance.objectNode();
    }
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    new TreeMap<>(standard).forEach(all::put);
    own.properties().forEach(it -> all.set(it.getKey(), it.getValue()));
    TemplateTree tree = new TemplateTree(key, all);
    templates.putAll(tree.templates());
    return tree;
  }

  /// Takes a list of texts that are templates, as `labels[0]`.
  public EntryKeys templates(String key, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      templates.put(key + "[" + i + "]", texts.get(i));
    }
    return this;
  }

  /// Reads a list of sections whose texts are templates, as `fields[0].title`.
  public EntryKeys list(String key, String... keys) {
    read(section, "", key, List.of(keys));
    return this;
  }

  /// The same for a list of sections with a list of sections each, as
  /// `attachments[0].fields[1].title`.
  public EntryKeys list(String key, List<String> keys, String inner, List<String> innerKeys) {
    List<Section> sections = read(section, "", key, keys);
    for (int i = 0; i < sections.size(); i++) {
      read(sections.get(i), key + "[" + i + "].", inner, innerKeys);
    }
    return this;
  }

  private List<Section> read(Section parent, String prefix, String key, List<String> keys) {
    List<Section> sections = parent.sections(key, "");
    for (int i = 0; i < sections.size(); i++) {
      for (String name : keys) {
        String text = sections.get(i).optionalText(name);
        if (text != null) {
          templates.put(prefix + key + "[" + i + "]." + name, text);
        }
      }
    }
    return sections;
  }

  /// A secret that must be there, in the entry, in a file, or in `global`.
  ///
  /// @param standard of `global`; null where that has none
  public SecretSource secret(String key, @Nullable SecretSource standard) {
    SecretSource own = Secrets.textOrFile(section, key, key + "_file", folder);
    return required(key, own == null ? standard : own);
  }

  /// The same for a URL.
  public SecretSource url(String key, @Nullable SecretSource standard) {
    SecretSource own = Secrets.urlOrFile(section, key, key + "_file", folder);
    return required(key, own == null ? standard : own);
  }

  private SecretSource required(String key, @Nullable SecretSource source) {
    if (source == null) {
      section.problem(key, "is missing; write " + key + " or " + key + "_file");
      return SecretSource.given("");
    }
    return source;
  }

  /// What was read, with the keys that all kinds have.
  ///
  /// @param http of `global`
  public PostedIntegration integration(
      String kind, boolean sendResolved, Guard guard, HttpSettings http, MessageKind messages) {
    return new PostedIntegration(
        kind,
        section.bool("send_resolved", sendResolved, ""),
        templates,
        guard,
        HttpKeys.read(section, folder, http),
        HttpKeys.timeout(section),
        messages);
  }
}
