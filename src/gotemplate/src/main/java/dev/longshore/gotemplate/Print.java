package dev.longshore.gotemplate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values as Go's `fmt` shows them without a format.
final class Print {
  private Print() {}

  /// What `{{ value }}` writes.
  static String shown(@Nullable Object value) throws TemplateException {
    return value == null ? "<no value>" : plain(value);
  }

  /// A value as `%v` writes it.
  static String plain(@Nullable Object value) throws TemplateException {
    if (value instanceof String text) {
      return text;
    }
    Output output = new Output();
    Verb.V.write(value, output);
    return output.toString();
  }

  /// `print`: a space between two values when neither is a text.
  static String print(List<@Nullable Object> values) throws TemplateException {
    Output output = new Output();
    for (int i = 0; i < values.size(); i++) {
      if (i > 0 && !isText(values.get(i)) && !isText(values.get(i - 1))) {
        output.append(' ');
      }
      output.append(plain(values.get(i)));
    }
    return output.toString();
  }

  /// `println`: a space between two values, and a line feed.
  static String println(List<@Nullable Object> values) throws TemplateException {
    Output output = new Output();
    for (int i = 0; i < values.size(); i++) {
      output.append(i > 0 ? " " : "").append(plain(values.get(i)));
    }
    return output.append('\n').toString();
  }

  private static boolean isText(@Nullable Object value) {
    return value instanceof String;
  }
}
