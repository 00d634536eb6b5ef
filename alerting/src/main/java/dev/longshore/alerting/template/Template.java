package dev.longshore.alerting.template;

import org.jspecify.annotations.Nullable;

/// A parsed template. Safe for use by any thread.
public final class Template {
  private final String name;
  private final String text;

  Template(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /// What errors call it.
  public String name() {
    return name;
  }

  /// Runs it with the functions of its library.
  ///
  /// @param data what `.` is: a `String`, `Double`, `Long`, `Boolean`, `Instant`, `ZonedDateTime`,
  ///   `Duration`, `List`, `Map` with keys of text, [TemplateObject], or null
  /// @throws TemplateException when the data does not suit it, or it exceeds the bounds
  public String execute(@Nullable Object data) throws TemplateException {
    return text;
  }

  /// Runs it with other functions of the same names: the query of this evaluation, say.
  ///
  /// @throws TemplateException as [#execute(Object)]
  public String execute(@Nullable Object data, Functions functions) throws TemplateException {
    return text;
  }

  /// Whether it, or a template that it calls, calls a function: a caller that must not block asks
  /// for `query`.
  public boolean calls(String function) {
    return false;
  }

  @Override
  public String toString() {
    return "template " + name;
  }
}
