package dev.longshore.gotemplate;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Named templates that can call each other. One thread fills it; what it compiled is then safe for
/// use by any, and keeps the templates that there were.
public final class TemplateLibrary {
  private final Functions functions;
  private final Map<String, Tree> trees = new HashMap<>();
  private UnaryOperator<Template> watch = UnaryOperator.identity();

  public TemplateLibrary(Functions functions) {
    this.functions = functions;
  }

  /// Takes the `{{ define }}`s of a text; later ones replace earlier ones of the same name, unless
  /// they are empty.
  ///
  /// @param name what errors call the text, such as a file's name
  /// @throws TemplateException when it is no template; nothing is taken then
  public void add(String name, String text) throws TemplateException {
    take(Parser.parse(name, text, functions), trees);
  }

  /// Whether there is a template of a name.
  public boolean has(String name) {
    return trees.containsKey(name);
  }

  /// Parses a text, in which the templates of this library can be called. Its own definitions are
  /// seen by itself alone.
  ///
  /// @throws TemplateException when it is no template
  public Template compile(String name, String text) throws TemplateException {
    Parser.Parsed parsed = Parser.parse(name, text, functions);
    Map<String, Tree> visible = new HashMap<>(trees);
    take(parsed, visible);
    return watch.apply(new Template(parsed.main(), visible, functions));
  }

  /// Has each text that is compiled from now on tried with data, as by [Template#problemWith].
  ///
  /// @param data such as it will have, with something in its lists
  /// @param problems is given what is wrong, with the text's name
  public void tryEach(Object data, Consumer<String> problems) {
    watch =
        template -> {
          String problem = template.problemWith(data);
          if (problem != null) {
            problems.accept(problem);
          }
          return template;
        };
  }

  private static void take(Parser.Parsed parsed, Map<String, Tree> trees) {
    parsed
        .defined()
        .forEach(
            (name, tree) -> {
              if (!tree.isEmpty() || !trees.containsKey(name)) {
                trees.put(name, tree);
              }
            });
  }
}
