package dev.longshore.gotemplate;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A function that templates call by its name.
///
/// @param parameters the types of its arguments; the last one's repeats when `variadic`
/// @param variadic whether the last parameter takes any number of arguments
record Function(List<Type> parameters, boolean variadic, Body body) {

  /// What it does; the arguments have the types of the parameters.
  @FunctionalInterface
  interface Body {
    @Nullable Object call(List<@Nullable Object> arguments, Execution execution)
        throws TemplateException;
  }

  /// What a parameter accepts, as Go names it.
  enum Type {
    ANY("interface {}"),
    TEXT("string"),
    LIST("[]string"),
    TIME("time.Time");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }

    /// The argument as the function wants it.
    @Nullable Object accept(@Nullable Object argument) throws TemplateException {
      Object value = Values.plain(argument);
      boolean fits =
          switch (this) {
            case ANY -> true;
            case TEXT -> value instanceof String;
            case LIST -> value instanceof List<?>;
            case TIME -> value instanceof Instant || value instanceof ZonedDateTime;
          };
      if (!fits) {
        throw new TemplateException(
            value == null
                ? "invalid value; expected " + this
                : "wrong type for value; expected " + this + "; got " + Values.type(argument));
      }
      return this == ANY ? argument : value;
    }
  }

  static Function of(List<Type> parameters, Body body) {
    return new Function(parameters, false, body);
  }

  static Function variadic(List<Type> parameters, Body body) {
    return new Function(parameters, true, body);
  }

  /// A function of one text.
  static Function ofText(UnaryOperator<String> operator) {
    return of(List.of(Type.TEXT), (arguments, _) -> operator.apply(Values.text(arguments, 0)));
  }

  /// The problem with a number of arguments, null when there is none.
  @Nullable String refuse(int count) {
    int least = variadic ? parameters.size() - 1 : parameters.size();
    if (variadic ? count >= least : count == least) {
      return null;
    }
    return "want " + (variadic ? "at least " : "") + least + " got " + count;
  }

  Type type(int index) {
    return parameters.get(Math.min(index, parameters.size() - 1));
  }
}
