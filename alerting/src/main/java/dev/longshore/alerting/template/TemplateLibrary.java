package dev.longshore.alerting.template;

/// Named templates that can call each other. One thread fills it; what it compiled is then safe for
/// use by any.
public final class TemplateLibrary {
  public TemplateLibrary(Functions functions) {
    var _ = functions.names();
  }

  /// Takes the `{{ define }}`s of a text; later ones replace earlier ones of the same name.
  ///
  /// @param name what errors call the text, such as a file's name
  /// @throws TemplateException when it is no template
  public void add(String name, String text) throws TemplateException {
    var _ = compile(name, text);
  }

  /// Parses a text, in which the templates of this library can be called.
  ///
  /// @throws TemplateException when it is no template
  public Template compile(String name, String text) throws TemplateException {
    int action = text.indexOf("{{");
    if (action >= 0) {
      throw new TemplateException(
          TemplateException.Kind.SYNTAX,
          "template: " + name + ":1: actions are not known yet to these functions");
    }
    return new Template(name, text);
  }
}
