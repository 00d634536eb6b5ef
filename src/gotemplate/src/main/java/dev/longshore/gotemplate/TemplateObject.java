package dev.longshore.gotemplate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value with fields and methods, as a Go struct or named type has: `.Labels`, `.Alerts.Firing`,
/// `.Labels.Remove (stringSlice "pod")`.
///
/// It must not change while a template runs.
public interface TemplateObject {

  /// What [#member] answers when there is no such field or method.
  Object NO_SUCH_MEMBER = new Object();

  /// What errors call its type, such as `template.Alert`.
  String typeName();

  /// A field's value, or a method's result.
  ///
  /// @param arguments none for a field
  /// @return the value, null for Go's nil, or [#NO_SUCH_MEMBER]
  /// @throws TemplateException when the method fails
  @Nullable Object member(String name, List<@Nullable Object> arguments) throws TemplateException;

  /// What it is besides its methods: the `List`, `Map`, text or number of a named type; itself for
  /// a struct.
  default Object underlying() {
    return this;
  }

  /// What it prints as, where its type has a method `String`; null where it prints as what it is
  /// besides its methods, and a struct as its [#json] or, without that, its `toString()`.
  default @Nullable String text() {
    return null;
  }

  /// What `toJson` writes for it: a `Map` for a struct, with the names that its JSON has, in the
  /// order of its fields.
  default Object json() {
    return underlying();
  }
}
