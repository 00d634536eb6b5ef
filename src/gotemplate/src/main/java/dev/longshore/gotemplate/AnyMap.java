package dev.longshore.gotemplate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A map of values of any type, in which a missing key is nil; in any other `Map` it is an empty
/// text.
record AnyMap(Map<String, @Nullable Object> values) implements TemplateObject {
  @Override
  public String typeName() {
    return "map[string]interface {}";
  }

  @Override
  public Object member(String name, List<@Nullable Object> arguments) {
    return NO_SUCH_MEMBER;
  }

  @Override
  public Object underlying() {
    return values;
  }
}
