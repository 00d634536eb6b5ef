package dev.longshore.agent.config;

import dev.longshore.agent.redact.CustomPattern;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.shared.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The keys of the section `redact`.
final class RedactKeys {
  private RedactKeys() {}

  static RedactConfig read(Section root) {
    Section redact =
        root.section(
            "redact",
            "What is replaced by `[redacted]` in documents and dead letters before they leave the"
                + " agent; `log.flags` says `redacted` then.");
    RedactConfig standard = RedactConfig.defaults();
    List<String> patterns =
        redact.strings(
            "patterns",
            standard.patterns(),
            "What is looked for: `secrets` (all of `jwt`, `aws_key`, `gcp_key`, `azure_key`,"
                + " `github_token`, `gitlab_token`, `npm_token`, `pypi_token`, `slack_token`,"
                + " `stripe_key`, `service_token`, `private_key`, `authorization`, `url_password`,"
                + " `password`), `card`, `email`, `ip`, `all`, names of `custom` patterns; with `-`"
                + " before it, a name takes away, such as `[secrets, -url_password]`. `[]` for"
                + " nothing.");
    List<CustomPattern> custom = new ArrayList<>();
    for (Section section : redact.sections("custom", "Patterns of your own, at most 32.")) {
      String name =
          section.requiredString("name", "Its name in `patterns`, annotations and metrics.");
      String regex =
          section.requiredString(
              "regex",
              "What is left out, in RE2's syntax; of one with a group, what the first group"
                  + " matches. A match that is longer than a JSON string of the body leaves out what"
                  + " is in strings.");
      String contains =
          section.optionalString(
              "contains",
              "Text that stands in every message with a match; messages without it are not"
                  + " searched, which saves the time that `regex` takes.");
      boolean enabled =
          section.bool(
              "enabled",
              true,
              "Whether it holds for all pods; else for those that name it in"
                  + " `longshore.dev/redact`.");
      section
          .build(
              () ->
                  Optional.of(
                      new CustomPattern(name, regex, contains == null ? "" : contains, enabled)),
              Optional.<CustomPattern>empty())
          .ifPresent(custom::add);
    }
    return redact.build(() -> new RedactConfig(patterns, custom), standard);
  }
}
