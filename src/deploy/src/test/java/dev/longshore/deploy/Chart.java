package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One of the project's charts, read by Helm itself.
record Chart(String name) {
  static final String RELEASE = "longshore";
  static final String NAMESPACE = "logging";

  /// For which charts are rendered, where nothing else is said.
  private static final String KUBERNETES = "v1.35.0";

  /// What Helm made of values that lie beside a chart, which many tests look at and none changes.
  private static final Map<List<Object>, List<Manifest>> RENDERED = new ConcurrentHashMap<>();

  static final List<Chart> ALL =
      List.of(
          new Chart("longshore-agent"),
          new Chart("longshore-alerting"),
          new Chart("platform-resources"));

  static Path deployFolder() {
    return ProjectFolder.find().resolve("deploy");
  }

  Path folder() {
    return deployFolder().resolve("charts").resolve(name);
  }

  /// The values files that show what the chart can do.
  List<Path> exampleValues() {
    try (Stream<Path> files = Files.list(folder().resolve("ci"))) {
      return files.filter(it -> it.toString().endsWith("-values.yaml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LintResult lint() {
    return new Helm(folder()).lint().strict().call();
  }

  /// What Helm makes of the chart with these values; hooks such as tests are among it.
  ///
  /// @throws IllegalStateException with Helm's words, when it refuses
  List<Manifest> render(Path values) {
    return render(values, Map.of());
  }

  /// The same with single values, as `--set` gives them, beside a file's.
  List<Manifest> render(Path values, Map<String, ?> settings) {
    if (!values.startsWith(folder())) {
      return renderAnew(values, settings);
    }
    return RENDERED.computeIfAbsent(
        List.of(name, values, Map.copyOf(settings)), _ -> renderAnew(values, settings));
  }

  private List<Manifest> renderAnew(Path values, Map<String, ?> settings) {
    var command = template(values, KUBERNETES);
    settings.forEach(command::set);
    return manifests(name + " with " + values.getFileName() + " and " + settings, command.call());
  }

  /// The same for a Kubernetes of a version, such as `v1.20.2`.
  List<Manifest> renderFor(String kubernetes, Path values) {
    String text = template(values, kubernetes).call();
    return manifests(name + " for " + kubernetes + " with " + values.getFileName(), text);
  }

  private TemplateCommand template(Path values, String kubernetes) {
    return template(RELEASE, NAMESPACE, values).withKubeVersion(kubernetes);
  }

  /// `helm template` of a release of the chart.
  TemplateCommand template(String release, String namespace, Path values) {
    TemplateCommand command =
        new Helm(folder())
            .template()
            .withName(release)
            .withNamespace(namespace)
            .withKubeVersion(KUBERNETES)
            .withValuesFile(values);
    if (!name.equals("platform-resources")) {
      // Other than the command line's, this library's `template` does ask a cluster.
      command.set("checkReferences", "false");
    }
    return command;
  }

  /// All example values, rendered.
  List<Manifest> renderExamples() {
    return exampleValues().stream().flatMap(it -> render(it).stream()).toList();
  }

  /// @param text null when the chart makes nothing
  static List<Manifest> manifests(String origin, @Nullable String text) {
    if (text == null) {
      return List.of();
    }
    List<JsonNode> documents = YamlDocuments.parse(text);
    return documents.stream().map(it -> new Manifest(origin, it)).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
