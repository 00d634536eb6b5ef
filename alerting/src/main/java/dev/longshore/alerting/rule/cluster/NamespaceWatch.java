package dev.longshore.alerting.rule.cluster;

import dev.longshore.alerting.rule.Reading;
import dev.longshore.alerting.rule.RuleObjects;
import dev.longshore.alerting.rule.RuleReader;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The objects of one namespace, or of all, each read when it changes.
///
/// The list, the watch, and what follows on 410 Gone or on a server that is away (a new attempt
/// after 1 s to 32 s) are the informer's of fabric8; its threads alone write here.
final class NamespaceWatch implements ResourceEventHandler<GenericKubernetesResource> {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatch.class);

  /// All objects together, and each again, are never needed: what has not changed is not told.
  private static final long NO_RESYNC = 0;

  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("monitoring.coreos.com")
          .withVersion("v1")
          .withKind("PrometheusRule")
          .withPlural("prometheusrules")
          .withNamespaced(true)
          .build();

  private final String namespace;
  private final @Nullable String enforcedNamespaceLabel;
  private final Warnings warnings;
  private final ClusterRulesMetrics metrics;
  private final Runnable changed;
  private final SharedIndexInformer<GenericKubernetesResource> informer;
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();
  private volatile boolean listed;

  /// For [#check] alone.
  private boolean wasBroken;

  /// @param namespace [RuleObjects#ALL] for all
  NamespaceWatch(
      KubernetesClient client,
      String namespace,
      Map<String, String> selector,
      @Nullable String enforcedNamespaceLabel,
      Warnings warnings,
      ClusterRulesMetrics metrics,
      Runnable changed) {
    this.namespace = namespace;
    this.enforcedNamespaceLabel = enforcedNamespaceLabel;
    this.warnings = warnings;
    this.metrics = metrics;
    this.changed = changed;
    MixedOperation<
            GenericKubernetesResource,
            GenericKubernetesResourceList,
            Resource<GenericKubernetesResource>>
        objects = client.genericKubernetesResources(KIND);
    informer =
        (namespace.equals(RuleObjects.ALL)
                ? objects.inAnyNamespace()
                : objects.inNamespace(namespace))
            .withLabels(selector)
            .runnableInformer(NO_RESYNC);
    informer.exceptionHandler(
        (_, failure) -> {
          metrics.failed();
          warnings.failed(namespace, failure);
          return true;
        });
    informer.addEventHandler(this);
  }

  /// The first list is not waited for.
  void start() {
    var _ =
        informer
            .start()
            .thenRun(
                () -> {
                  listed = true;
                  LOG.atInfo()
                      .addKeyValue("namespace", namespace)
                      .addKeyValue("objects", readings.size())
                      .log("The PrometheusRule objects are known, and watched");
                  changed.run();
                });
  }

  @Override
  public void onAdd(GenericKubernetesResource object) {
    read(object);
  }

  @Override
  public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
    String version = now.getMetadata().getResourceVersion();
    if (!Objects.equals(before.getMetadata().getResourceVersion(), version)) {
      read(now);
    }
  }

  @Override
  public void onDelete(GenericKubernetesResource object, boolean unknownFinalState) {
    readings.remove(name(object));
    changedOnceListed();
  }

  private void read(GenericKubernetesResource object) {
    String name = name(object);
    Object spec = object.getAdditionalProperties().get("spec");
    Object text = spec == null ? Map.of() : spec;
    if (enforcedNamespaceLabel != null) {
      text = enforced(text, enforcedNamespaceLabel, object.getMetadata().getNamespace());
    }
    readings.put(name, RuleReader.readObject(name, Serialization.asJson(text)));
    changedOnceListed();
  }

  /// The same with a label on each rule, in place of one that it has; what is not as it should be
  /// is left for the reader to tell.
  private static Object enforced(Object node, String label, String namespace) {
    return switch (node) {
      case Map<?, ?> map when map.containsKey("alert") || map.containsKey("record") -> {
        Map<Object, Object> labels = new LinkedHashMap<>();
        if (map.get("labels") instanceof Map<?, ?> own) {
          labels.putAll(own);
        }
        labels.put(label, namespace);
        Map<Object, Object> rule = new LinkedHashMap<>(map);
        rule.put("labels", labels);
        yield rule;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach(
            (key, value) ->
                copy.put(
                    key,
                    key.equals("groups") || key.equals("rules")
                        ? enforced(value, label, namespace)
                        : value));
        yield copy;
      }
      case List<?> list ->
          list.stream().map(it -> it == null ? Map.of() : enforced(it, label, namespace)).toList();
      default -> node;
    };
  }

  /// A list is told as a whole.
  private void changedOnceListed() {
    if (listed) {
      changed.run();
    }
  }

  private static String name(GenericKubernetesResource object) {
    return RuleObjects.name(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  String namespace() {
    return namespace;
  }

  Map<String, Reading> readings() {
    return readings;
  }

  boolean isListed() {
    return listed;
  }

  boolean isWatching() {
    return informer.isWatching();
  }

  /// Tells of a watch that does not stand, though the list was taken. One thread.
  void check() {
    boolean broken = listed && !informer.isWatching();
    if (broken) {
      warnings.unwatched(namespace);
      if (!wasBroken) {
        metrics.failed();
      }
    }
    wasBroken = broken;
  }

  void close() {
    try {
      informer.stop();
    } catch (KubernetesClientException e) {
      LOG.atDebug().setCause(e).log("A watch could not be ended; its connection is closed");
    }
  }
}
