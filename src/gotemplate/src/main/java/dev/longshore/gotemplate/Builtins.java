package dev.longshore.gotemplate;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that Go's text/template has by itself.
final class Builtins {
  private static final List<Function.Type> TWO = List.of(Function.Type.ANY, Function.Type.ANY);

  private Builtins() {}

  static Map<String, Function> all() {
    Map<String, Function> all = new HashMap<>();
    // These two look at no more arguments than they need: see [Evaluation].
    all.put("and", Function.variadic(TWO, (arguments, _) -> arguments.getLast()));
    all.put("or", Function.variadic(TWO, (arguments, _) -> arguments.getLast()));
    all.put("not", one((value) -> !Values.isTrue(value)));
    all.put("len", one(Builtins::length));
    all.put("index", Function.variadic(TWO, (values, _) -> index(values)));
    all.put("slice", Function.variadic(TWO, (values, _) -> slice(values)));
    all.put("call", Function.variadic(TWO, (values, _) -> notCallable(values.getFirst())));
    all.put("eq", Function.variadic(TWO, (values, _) -> Comparison.anyEquals(values)));
    all.put("ne", two((a, b) -> !Comparison.areEqual(a, b)));
    all.put("lt", two(Comparison::isLess));
    all.put("le", two((a, b) -> Comparison.isLess(a, b) || Comparison.areEqual(a, b)));
    all.put("gt", two((a, b) -> !Comparison.isLess(a, b) && !Comparison.areEqual(a, b)));
    all.put("ge", two((a, b) -> !Comparison.isLess(a, b)));
    all.put("print", any(Print::print));
    all.put("println", any(Print::println));
    all.put(
        "printf",
        Function.variadic(
            List.of(Function.Type.TEXT, Function.Type.ANY),
            (values, _) ->
                Printf.format(Values.text(values, 0), values.subList(1, values.size()))));
    all.put("html", any(values -> html(joined(values))));
    all.put("js", any(values -> js(joined(values))));
    all.put("urlquery", any(values -> urlQuery(joined(values))));
    return all;
  }

  private interface One {
    @Nullable Object of(@Nullable Object value) throws TemplateException;
  }

  private interface Two {
    boolean of(@Nullable Object a, @Nullable Object b) throws TemplateException;
  }

  private interface Any {
    String of(List<@Nullable Object> values) throws TemplateException;
  }

  private static Function one(One one) {
    return Function.of(List.of(Function.Type.ANY), (values, _) -> one.of(values.getFirst()));
  }

  private static Function two(Two two) {
    return Function.of(TWO, (values, _) -> two.of(values.get(0), values.get(1)));
  }

  private static Function any(Any any) {
    return Function.variadic(List.of(Function.Type.ANY), (values, _) -> any.of(values));
  }

  private static String joined(List<@Nullable Object> values) throws TemplateException {
    return Print.print(values);
  }

  private static Object length(@Nullable Object value) throws TemplateException {
    return switch (Values.plain(value)) {
      case null -> throw new TemplateException("len of nil pointer");
      case String text -> (long) Values.bytes(text).length;
      case List<?> list -> (long) list.size();
      case Map<?, ?> map -> (long) map.size();
      default -> throw new TemplateException("len of type " + Values.type(value));
    };
  }

  private static @Nullable Object index(List<@Nullable Object> values) throws TemplateException {
    Object item = values.getFirst();
    if (item == null) {
      throw new TemplateException("index of untyped nil");
    }
    for (Object index : values.subList(1, values.size())) {
      item = index(item, index);
    }
    return item;
  }

  private static @Nullable Object index(@Nullable Object item, @Nullable Object index)
      throws TemplateException {
    return switch (Values.plain(item)) {
      case null -> throw new TemplateException("index of nil pointer");
      case List<?> list -> list.get(position(index, list.size() - 1L));
      case String text -> {
        byte[] bytes = Values.bytes(text);
        yield (long) (bytes[position(index, bytes.length - 1L)] & 0xff);
      }
      case Map<?, ?> map -> {
        if (!(Values.plain(index) instanceof String key)) {
          throw new TemplateException(
              index == null
                  ? "value is nil; should be of type string"
                  : "value has type " + Values.type(index) + "; should be string");
        }
        Object value = Values.get(map, key);
        yield value == null && !map.containsKey(key) ? Values.missing(item) : value;
      }
      default -> throw new TemplateException("can't index item of type " + Values.type(item));
    };
  }

  private static int position(@Nullable Object index, long last) throws TemplateException {
    if (!(Values.plain(index) instanceof Long position)) {
      throw new TemplateException(
          "cannot index slice/array with "
              + (index == null ? "nil" : "type " + Values.type(index)));
    }
    if (position < 0 || position > last) {
      throw new TemplateException("index out of range: " + position);
    }
    return position.intValue();
  }

  private static Object slice(List<@Nullable Object> values) throws TemplateException {
    Object item = Values.plain(values.getFirst());
    if (values.size() > 4) {
      throw new TemplateException("too many slice indexes: " + (values.size() - 1));
    }
    byte[] bytes = item instanceof String text ? Values.bytes(text) : new byte[0];
    List<?> list = item instanceof List<?> it ? it : List.of();
    if (!(item instanceof String) && !(item instanceof List<?>)) {
      throw new TemplateException(
          item == null
              ? "slice of untyped nil"
              : "can't slice item of type " + Values.type(values.getFirst()));
    }
    if (values.size() == 4 && item instanceof String) {
      throw new TemplateException("cannot 3-index slice a string");
    }
    int size = item instanceof String ? bytes.length : list.size();
    int from = values.size() > 1 ? position(values.get(1), size) : 0;
    int to = values.size() > 2 ? position(values.get(2), size) : size;
    if (values.size() > 3) {
      int limit = position(values.get(3), size);
      if (to > limit) {
        throw new TemplateException("invalid slice index: " + to + " > " + limit);
      }
    }
    if (from > to) {
      throw new TemplateException("invalid slice index: " + from + " > " + to);
    }
    return item instanceof String
        ? StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, from, to - from)).toString()
        : list.subList(from, to);
  }

  private static Object notCallable(@Nullable Object value) throws TemplateException {
    throw new TemplateException(
        value == null ? "call of nil" : "non-function of type " + Values.type(value));
  }

  static String html(String text) throws TemplateException {
    Output out = new Output();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case 0 -> out.append('\ufffd');
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static String js(String text) throws TemplateException {
    Output out = new Output();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\\', '\'', '"' -> out.append('\\').append((char) c);
        case '<', '>', '&', '=' -> out.append("\\u%04X".formatted(c));
        default -> {
          boolean shown = c >= ' ' && (c < 128 || Quote.isPrintable(c));
          out.append(shown ? Character.toString(c) : "\\u%04X".formatted(c));
        }
      }
    }
    return out.toString();
  }

  /// Go's `url.QueryEscape`.
  static String urlQuery(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }
}
