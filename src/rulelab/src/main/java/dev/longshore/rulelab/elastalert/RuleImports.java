package dev.longshore.rulelab.elastalert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What a rule's `import` names: files whose keys it has as well.
final class RuleImports {
  private static final int MOST = 20;

  private RuleImports() {}

  /// Adds the keys of the files that `import` names, and of those that these name: what stands in
  /// the rule itself goes before, but that filters are taken together.
  static void merge(Map<String, @Nullable Object> rule, ElastAlertRule.Files files)
      throws UnconvertibleException {
    int read = 0;
    while (rule.containsKey("import")) {
      Object names = rule.remove("import");
      for (Object name : names instanceof List<?> list ? list : nonNull(names)) {
        String file = String.valueOf(name);
        if (++read > MOST) {
          throw new UnconvertibleException("import: more than " + MOST + " files");
        }
        Object loaded;
        try {
          loaded =
              new Load(LoadSettings.builder().setLabel(file).build())
                  .loadFromString(files.read(file));
        } catch (IOException | YamlEngineException e) {
          throw new UnconvertibleException("import of " + file + ": " + e.getMessage());
        }
        if (!(loaded instanceof Map<?, ?> imported)) {
          throw new UnconvertibleException("import of " + file + ": it has no keys");
        }
        imported.forEach((key, value) -> merge(rule, String.valueOf(key), value));
      }
    }
  }

  private static List<?> nonNull(@Nullable Object name) throws UnconvertibleException {
    if (name == null) {
      throw new UnconvertibleException("import is missing");
    }
    return List.of(name);
  }

  private static void merge(
      Map<String, @Nullable Object> rule, String key, @Nullable Object imported) {
    Object own = rule.get(key);
    if (key.equals("filter") && own instanceof List<?> mine && imported instanceof List<?> theirs) {
      List<Object> both = new ArrayList<>(theirs);
      both.addAll(mine);
      rule.put(key, both);
    } else {
      rule.putIfAbsent(key, imported);
    }
  }
}
