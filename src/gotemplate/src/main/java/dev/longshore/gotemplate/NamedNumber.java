package dev.longshore.gotemplate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole number whose type has names for its values, such as Go's `time.Month`: it prints as the
/// name, and is compared and counted as the number.
record NamedNumber(String typeName, long number, String name) implements TemplateObject {

  @Override
  public @Nullable Object member(String member, List<@Nullable Object> arguments) {
    return member.equals("String") ? name : NO_SUCH_MEMBER;
  }

  @Override
  public Object underlying() {
    return number;
  }

  @Override
  public String text() {
    return name;
  }
}
