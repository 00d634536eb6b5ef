package dev.longshore.e2e.torture;

import dev.longshore.testkit.Trees;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A pod with its containers, whose logs lie in its folder. Owned by the node's thread.
final class TorturedPod {
  static final String NODE = "yard-1";
  static final String NAMESPACE = "yard";

  private final String name;
  private final Path folder;
  private final List<TorturedContainer> containers = new ArrayList<>();
  private boolean ending;

  TorturedPod(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /// The pod as the API server knows it.
  ///
  /// @param dataset the part of a data stream's name that it asks for; empty for the usual
  static Pod object(String name, List<String> containers, String dataset) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .withLabels(Map.of("app", name.replaceAll("-\\d+$", ""), "team", "yard"))
        .withAnnotations(dataset.isEmpty() ? Map.of() : Map.of("longshore.dev/dataset", dataset))
        .endMetadata()
        .withNewSpec()
        .withNodeName(NODE)
        .withContainers(
            containers.stream()
                .map(it -> new ContainerBuilder().withName(it).withImage("yard/" + it).build())
                .toList())
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  String name() {
    return name;
  }

  Path folder() {
    return folder;
  }

  List<TorturedContainer> containers() {
    return containers;
  }

  boolean isEnding() {
    return ending;
  }

  /// Its containers write no more.
  void end() throws IOException {
    ending = true;
    for (TorturedContainer container : containers) {
      container.finish();
    }
  }

  /// Deletes its logs as far as they may be deleted.
  ///
  /// @return whether nothing is left
  boolean delete(Predicate<Generation> mayDelete) throws IOException {
    boolean gone = true;
    for (TorturedContainer container : containers) {
      gone &= container.delete(mayDelete);
    }
    if (gone) {
      Trees.delete(folder);
    }
    return gone && !Files.exists(folder);
  }
}
