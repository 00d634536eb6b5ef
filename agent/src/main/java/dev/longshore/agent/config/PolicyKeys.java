package dev.longshore.agent.config;

import dev.longshore.agent.enrich.PodPolicy;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.shared.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The keys of the section `policy`.
final class PolicyKeys {
  /// Stands in for one that is refused.
  private static final PolicyConfig.NamespacePolicy EVERY_NAMESPACE =
      new PolicyConfig.NamespacePolicy(List.of("*"), PodPolicy.DEFAULT);

  private PolicyKeys() {}

  static PolicyConfig read(Section root, Set<String> redactions) {
    Section policy = root.section("policy", "What pods may decide about their own logs.");
    PolicyConfig standard = PolicyConfig.defaults();
    PodPolicy pods = pods(policy, standard.pods());
    int maxDataStreams =
        policy.integer(
            "maxDataStreams",
            standard.maxDataStreams(),
            0,
            PolicyConfig.LARGEST_MAX_DATA_STREAMS,
            "How many data streams that pods of the node have named are shipped to at a time; pods"
                + " beyond it ship to `elasticsearch.dataStream`, marked `dataset_refused` in"
                + " `log.flags`.");
    List<PolicyConfig.NamespacePolicy> namespaces = new ArrayList<>();
    for (Section section :
        policy.sections(
            "namespaces",
            "What holds in some namespaces in place of the keys above; the first that matches"
                + " counts, and a key that it does not have is as above.")) {
      List<String> match =
          section.strings(
              "match", List.of(), "Names of namespaces, in which `*` stands for any characters.");
      PodPolicy own = pods(section, pods);
      namespaces.add(
          section.build(() -> new PolicyConfig.NamespacePolicy(match, own), EVERY_NAMESPACE));
    }
    return policy.build(
        () -> new PolicyConfig(pods, maxDataStreams, namespaces, redactions), standard);
  }

  private static PodPolicy pods(Section section, PodPolicy standard) {
    List<String> annotations =
        section.strings(
            "annotations",
            standard.annotations(),
            "Annotations that count, such as `longshore.dev/*`, without the container that they may"
                + " name; `*` stands for any characters.");
    List<String> denyAnnotations =
        section.strings(
            "denyAnnotations",
            standard.denyAnnotations(),
            "Annotations that don't, though `annotations` has them.");
    List<String> datasets =
        section.strings(
            "datasets",
            standard.datasets(),
            "Datasets that `longshore.dev/dataset` may name, such as `payments.*`; `[]` for none."
                + " The logs of a pod that names another go to `elasticsearch.dataStream`, marked"
                + " `dataset_refused` in `log.flags`. `longshore.*` can't be named in any case.");
    boolean allowExclude =
        section.bool(
            "allowExclude",
            standard.allowExclude(),
            "Whether a pod may keep its logs from being shipped: `longshore.dev/exclude`,"
                + " `fluentbit.io/exclude`, `co.elastic.logs/enabled`.");
    boolean allowDrop =
        section.bool(
            "allowDrop",
            standard.allowDrop(),
            "Whether a pod may have lines dropped: `longshore.dev/over-limit: drop`. Without it"
                + " they are delayed.");
    boolean allowUnredacted =
        section.bool(
            "allowUnredacted",
            standard.allowUnredacted(),
            "Whether a pod may have shipped what `redact` leaves out: `longshore.dev/redact:"
                + " -jwt`. More left out, such as `longshore.dev/redact: email, ip`, a pod may have"
                + " in any case.");
    return section.build(
        () ->
            new PodPolicy(
                annotations, denyAnnotations, datasets, allowExclude, allowDrop, allowUnredacted),
        standard);
  }
}
