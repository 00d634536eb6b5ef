package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What the documents say can be followed: links lead somewhere, snippets are well-formed, and
/// those that are a configuration, rules or a routing are accepted by the product.
class DocumentationTest {
  private static final Path ROOT = ProjectFolder.find();
  private static final Set<String> SKIPPED =
      Set.of(".git", "target", "node_modules", ".longshore", ".idea");

  private static final ObjectMapper JSON = new ObjectMapper();

  /// What snippets take from the environment.
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "ELASTICSEARCH_PASSWORD", "secret-of-the-test",
          "ES_API_KEY", "c2VjcmV0",
          "NODE_NAME", "worker-1",
          "HEARTBEAT_URL", "https://hc.example.com/1");

  @TempDir Path folder;

  @Test
  void everyLinkLeadsToAFileAndItsAnchorToAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : Markdown.read(page).links()) {
        if (!link.matches("[a-z]+:.*")) {
          String problem = problem(page, link);
          if (problem != null) {
            broken.add(ROOT.relativize(page) + ": " + link + " " + problem);
          }
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  private static @Nullable String problem(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!target.startsWith(ROOT) || !Files.exists(target)) {
      return "leads nowhere";
    }
    if (hash >= 0 && target.toString().endsWith(".md")) {
      return Markdown.read(target).anchors().contains(link.substring(hash + 1))
          ? null
          : "has no such heading";
    }
    return null;
  }

  @Test
  void everyPageOfTheDocumentationIsInItsIndex() throws IOException {
    Path docs = ROOT.resolve("docs");
    List<Path> indexed = new ArrayList<>();
    for (String link : Markdown.read(docs.resolve("README.md")).links()) {
      indexed.add(docs.resolve(link.replaceFirst("#.*", "")).normalize());
    }

    assertThat(pages())
        .filteredOn(page -> docs.equals(page.getParent()) && !page.endsWith("README.md"))
        .isNotEmpty()
        .allSatisfy(page -> assertThat(indexed).contains(page));
  }

  @Test
  void everySnippetOfJsonAndYamlIsWellFormed() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (Markdown.Snippet snippet : Markdown.read(page).snippets()) {
        try {
          switch (snippet.language()) {
            case "json" -> JSON.readTree(snippet.text());
            case "yaml", "yml" -> YamlDocuments.parse(snippet.text());
            default -> {}
          }
        } catch (JsonProcessingException | YamlEngineException e) {
          broken.add(place(page, snippet) + ": " + e.getMessage());
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void anUpgradeThatKeepsValuesTakesTheNewDefaultsOfTheChart() throws IOException {
    List<String> upgrades = new ArrayList<>();
    for (Path page : pages()) {
      for (Markdown.Snippet snippet : Markdown.read(page).snippets()) {
        snippet
            .text()
            .lines()
            .filter(it -> it.contains("helm") && it.contains(" upgrade ") && it.contains("reuse"))
            .forEach(upgrades::add);
      }
    }

    assertThat(upgrades)
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it).contains("--reset-then-reuse-values"));
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(120);
  }

  @Test
  void everyConfigurationIsOneThatTheProductAccepts() throws IOException {
    List<String> refused = new ArrayList<>();
    int checked = 0;
    for (Path page : pages()) {
      for (Markdown.Snippet snippet : Markdown.read(page).snippets()) {
        List<JsonNode> documents =
            snippet.language().equals("yaml") ? YamlDocuments.parse(snippet.text()) : List.of();
        if (documents.size() == 1) {
          Kind kind = Kind.of(documents.getFirst());
          String problem = kind == null ? null : kind.problem(snippet.text(), folder);
          checked += kind == null ? 0 : 1;
          if (problem != null) {
            refused.add(place(page, snippet) + ", " + kind + ": " + problem);
          }
        }
      }
    }

    assertThat(refused).isEmpty();
    assertThat(checked).isGreaterThan(20);
  }

  private static String place(Path page, Markdown.Snippet snippet) {
    return ROOT.relativize(page) + ":" + snippet.line();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = ProjectFolder.files(SKIPPED, file -> file.toString().endsWith(".md"));
    assertThat(pages).hasSizeGreaterThan(50);
    return pages;
  }

  /// What a snippet is, by its shape.
  private enum Kind {
    RULES {
      @Override
      void load(String text, Path folder) throws IOException {
        Files.writeString(folder.resolve("rules.yml"), text);
        RuleSet rules = new RuleFiles(List.of("rules.yml"), folder, Clock.system()).load();
        assertThat(rules.quarantined()).isEmpty();
      }
    },
    LIST_OF_RULES {
      @Override
      void load(String text, Path folder) throws IOException {
        RULES.load("groups:\n- name: snippet\n  rules:\n" + text.indent(4), folder);
      }
    },
    ROUTING {
      @Override
      void load(String text, Path folder) throws IOException {
        AlertmanagerFile.load(Files.writeString(folder.resolve("alertmanager.yml"), text));
      }
    },
    AGENT {
      @Override
      void load(String text, Path folder) throws IOException {
        AgentConfig.load(Files.writeString(folder.resolve("agent.yaml"), text), ENVIRONMENT);
      }
    },
    ALERTING {
      @Override
      void load(String text, Path folder) throws IOException {
        AlertingConfig.load(Files.writeString(folder.resolve("alerting.yaml"), text), ENVIRONMENT);
      }
    },
    /// Of sections that both products have.
    AGENT_OR_ALERTING {
      @Override
      void load(String text, Path folder) throws IOException {
        try {
          AGENT.load(text, folder);
        } catch (ConfigException e) {
          ALERTING.load(text, folder);
        }
      }
    };

    private static final Set<String> BOTH = Set.of("kubernetes", "elasticsearch");
    private static final Set<String> OF_AGENT =
        Set.of(
            "node", "cluster", "tail", "frame", "levels", "policy", "buffer", "ops", "redact",
            "filters");
    private static final Set<String> OF_ALERTING =
        Set.of(
            "rules",
            "evaluation",
            "routing",
            "oncall",
            "acknowledgements",
            "prometheus",
            "state",
            "api",
            "kibana",
            "heartbeat");

    /// @return null for what is not configuration of ours, or not a whole part of it
    static @Nullable Kind of(JsonNode node) {
      if (node.isArray() && node.size() > 0 && node.get(0).has("alert")) {
        return LIST_OF_RULES;
      }
      if (!node.isObject() || node.isEmpty()) {
        return null;
      }
      if (node.has("groups") && node.size() == 1) {
        return RULES;
      }
      if (node.has("route") && node.has("receivers")) {
        return ROUTING;
      }
      List<String> keys = new ArrayList<>();
      node.fieldNames().forEachRemaining(keys::add);
      boolean agent = keys.stream().allMatch(key -> OF_AGENT.contains(key) || BOTH.contains(key));
      boolean alerting =
          keys.stream().allMatch(key -> OF_ALERTING.contains(key) || BOTH.contains(key));
      if (agent && alerting) {
        return AGENT_OR_ALERTING;
      }
      return agent ? AGENT : alerting ? ALERTING : null;
    }

    abstract void load(String text, Path folder) throws IOException;

    /// @return null when it is accepted; what is absent on this machine, such as files that it
    ///   names, is not a problem
    @Nullable String problem(String text, Path folder) {
      try {
        load(text.replaceAll("/etc/longshore/[-a-z/.]*ca[-a-z.]*", existing(folder)), folder);
        return null;
      } catch (ConfigException | IOException | AssertionError e) {
        return e.getMessage();
      }
    }

    private static String existing(Path folder) {
      try {
        return Files.writeString(folder.resolve("ca.crt"), "").toString();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
