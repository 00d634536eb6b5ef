package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The texts of one `slack_configs` entry, as templates that are ready to run.
final class SlackTemplates {

  /// What came of running one message's templates: a template that failed is empty here, and its
  /// error is kept.
  static final class Run {
    private final SlackTemplates slackTemplates;
    private final NotificationData data;
    private final List<String> errors;

    Run(SlackTemplates slackTemplates, NotificationData data, List<String> errors) {
      this.slackTemplates = slackTemplates;
      this.data = data;
      this.errors = errors;
    }

    /// What a template wrote, still guarded.
    String of(SlackText text) {
      return execute(text.key(), slackTemplates.templates.get(text));
    }

    /// The same for a field's or a button's text.
    String of(String key) {
      return execute(key, slackTemplates.others.get(key));
    }

    /// The errors so far, for people.
    List<String> errors() {
      return errors;
    }

    private String execute(String key, @Nullable Template template) {
      if (template == null) {
        return "";
      }
      try {
        return template.execute(data);
      } catch (TemplateException e) {
        errors.add(key + ": " + e.getMessage());
        return "";
      }
    }
  }

  private final Map<SlackText, Template> templates = new EnumMap<>(SlackText.class);
  private final Map<String, Template> others = new LinkedHashMap<>();

  /// @throws TemplateException for a text that is no template; the message names it
  SlackTemplates(String name, SlackSettings settings, TemplateLibrary library)
      throws TemplateException {
    for (SlackText text : SlackText.values()) {
      templates.put(text, library.compile(name + "." + text.key(), settings.template(text)));
    }
    for (int i = 0; i < settings.fields().size(); i++) {
      SlackSettings.Field field = settings.fields().get(i);
      add(library, name, "fields[" + i + "].title", field.title());
      add(library, name, "fields[" + i + "].value", field.value());
    }
    for (int i = 0; i < settings.actions().size(); i++) {
      SlackSettings.Action action = settings.actions().get(i);
      add(library, name, "actions[" + i + "].text", action.text());
      add(library, name, "actions[" + i + "].url", action.url());
    }
  }

  private void add(TemplateLibrary library, String name, String key, String text)
      throws TemplateException {
    others.put(key, library.compile(name + "." + key, text));
  }
}
