package dev.longshore.gotemplate;

/// What is wrong with a template, or with what it was given; the message begins with the template's
/// name and line, as Go writes it: `template: summary:1:14: executing "summary" at <.Foo>: …`.
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1;

  /// What kind of thing is wrong, for those who decide whether it is an error before any data came.
  public enum Kind {
    /// The text is no template, or calls a function that there is not. Found on loading.
    SYNTAX,
    /// It loops, recurses or grows beyond the bounds.
    LIMIT,
    /// It asks for a field, a template or a number of arguments that no data has.
    MISUSE,
    /// These values do not suit it; others may.
    VALUE
  }

  private final Kind kind;
  private final boolean placed;

  /// A failure of a function or a member; where it happened is added by who called it.
  public TemplateException(String message) {
    this(Kind.VALUE, message, false);
  }

  TemplateException(Kind kind, String message) {
    this(kind, message, false);
  }

  TemplateException(Kind kind, String message, boolean placed) {
    super(message);
    this.kind = kind;
    this.placed = placed;
  }

  /// What kind of thing is wrong.
  public Kind kind() {
    return kind;
  }

  /// Whether the message names the place already.
  boolean isPlaced() {
    return placed;
  }
}
