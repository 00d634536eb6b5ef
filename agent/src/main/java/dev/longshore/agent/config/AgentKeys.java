package dev.longshore.agent.config;

import dev.longshore.agent.buffer.BufferConfig;
import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.enrich.UnknownPodPolicy;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.WebKeys;
import dev.longshore.shared.units.DataSize;
import dev.longshore.shared.web.Surface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The keys of the file, as declarations: name, default, limits, one sentence for people.
record AgentKeys(
    String nodeName,
    String clusterName,
    TailConfig tail,
    FrameConfig frame,
    LevelNames levels,
    RedactConfig redact,
    Filters filters,
    KubernetesConfig kubernetes,
    PolicyConfig policy,
    BufferConfig buffer,
    ElasticsearchKeys elasticsearch,
    OpsConfig ops,
    WebKeys web) {

  private static final List<String> MULTILINE =
      List.of("auto", "none", "java", "python", "go", "nodejs", "dotnet", "ruby", "php");

  private static final Type<OpsConfig> LISTEN =
      new Type<>("host:port", "host:port", "0.0.0.0:9600", OpsConfig::parse, OpsConfig::listen);

  /// Asks for every key, in the order of the reference page.
  static AgentKeys read(Section root, Map<String, String> env, Supplier<String> hostName) {
    String nodeName = nodeName(root, env, hostName);
    String clusterName = clusterName(root);
    TailConfig tail = tail(root);
    FrameConfig frame = frame(root);
    LevelNames levels = LevelKeys.read(root);
    RedactConfig redact = RedactKeys.read(root);
    return new AgentKeys(
        nodeName,
        clusterName,
        tail,
        frame,
        levels,
        redact,
        FilterKeys.read(root),
        kubernetes(root),
        PolicyKeys.read(root, redact.names()),
        buffer(root),
        ElasticsearchKeys.read(root),
        ops(root),
        WebKeys.read(root, EnumSet.of(Surface.PROBES, Surface.METRICS, Surface.STATUS)));
  }

  private static String nodeName(Section root, Map<String, String> env, Supplier<String> hostName) {
    String named = env.getOrDefault("NODE_NAME", "");
    return root.section("node", "The node on which the agent runs.")
        .string(
            "name",
            named.isBlank() ? hostName.get() : named,
            "`NODE_NAME` from the environment, else the host's name",
            "The node's name in Kubernetes; only its pods are watched.");
  }

  private static String clusterName(Section root) {
    return root.section("cluster", "The cluster to which the node belongs.")
        .string(
            "name",
            AgentConfig.DEFAULT_CLUSTER_NAME,
            "Goes with each document as `orchestrator.cluster.name`.");
  }

  private static TailConfig tail(Section root) {
    Section tail = root.section("tail", "Finding and following log files.");
    TailConfig standard = TailConfig.defaults();
    List<String> paths =
        tail
            .strings(
                "paths",
                standard.paths(),
                "Patterns of live log files (`*`, `?`, `[a-z]`, `**`); rotated siblings and `.gz` are"
                    + " found without being named.")
            .stream()
            .map(tail::fromFolder)
            .toList();
    Duration pollInterval =
        tail.duration(
            "pollInterval",
            standard.pollInterval(),
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            "How often a busy file is looked at for new lines.");
    Duration rescanInterval =
        tail.duration(
            "rescanInterval",
            standard.rescanInterval(),
            Duration.ofMillis(100),
            Duration.ofMinutes(10),
            "How often all folders are listed, as a net behind inotify; no more often than each"
                + " five minutes where inotify reports all that happens in them.");
    Duration rotateGrace =
        tail.duration(
            "rotateGrace",
            standard.rotateGrace(),
            Duration.ZERO,
            Duration.ofMinutes(10),
            "How long a rotated file is still read after its successor appeared.");
    DataSize maxHeld =
        tail.dataSize(
            "maxHeld",
            standard.maxHeld(),
            DataSize.ofBytes(0),
            DataSize.ofGiB(1024),
            "How many bytes of deleted, unread files are kept on disk by holding them open; beyond"
                + " it the loss is counted.");
    List<String> allowedLinkTargets =
        tail.strings(
            "allowedLinkTargets",
            List.of(),
            "Folders into which symbolic links in log folders may lead, besides the folders of"
                + " `tail.paths` up to their first wildcard, `/var/log/pods`, `/var/log/containers`"
                + " and `/var/lib/docker/containers`. Any other link is ignored, because whoever"
                + " may write to a log folder could have any file of the node shipped; hard links"
                + " can't be told apart, so keep `fs.protected_hardlinks` on. Name Docker's"
                + " data-root here if it was moved.");
    return tail.build(
        () ->
            new TailConfig(
                paths,
                pollInterval,
                rescanInterval,
                rotateGrace,
                maxHeld,
                allowedLinkTargets.stream().map(Path::of).toList()),
        standard);
  }

  private static FrameConfig frame(Section root) {
    Section frame = root.section("frame", "Making records of lines.");
    FrameConfig standard = FrameConfig.defaults();
    DataSize maxRecord =
        frame.dataSize(
            "maxRecord",
            standard.maxRecord(),
            FrameConfig.MIN_MAX_RECORD,
            FrameConfig.MAX_MAX_RECORD,
            "A longer record becomes several marked documents; nothing is cut away.");
    String multiline =
        frame.oneOf(
            "multiline",
            standard.multiline(),
            MULTILINE,
            "Which stack traces are joined where a pod's annotation doesn't say.");
    Duration groupTimeout =
        frame.duration(
            "groupTimeout",
            standard.groupTimeout(),
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            "A stack trace ends where the runtime's timestamps are further apart than this.");
    Duration partialTimeout =
        frame.duration(
            "partialTimeout",
            standard.partialTimeout(),
            Duration.ofMillis(10),
            Duration.ofMinutes(1),
            "The same for the parts of one line that the runtime split.");
    return frame.build(
        () -> new FrameConfig(maxRecord, multiline, groupTimeout, partialTimeout), standard);
  }

  private static KubernetesConfig kubernetes(Section root) {
    Section kubernetes = root.section("kubernetes", "What the API server knows about pods.");
    KubernetesConfig standard = KubernetesConfig.defaults();
    boolean enabled =
        kubernetes.bool(
            "enabled",
            standard.enabled(),
            "Without it, documents carry what the log file's path says: namespace, pod, uid and"
                + " container.");
    Path kubeconfig =
        kubernetes.optionalPath(
            "kubeconfig",
            "File with the credentials; without it those of the agent's own pod are used.");
    Duration metadataWait =
        kubernetes.duration(
            "metadataWait",
            standard.metadataWait(),
            Duration.ZERO,
            Duration.ofMinutes(10),
            "How long a file waits for its container's id and its namespace's labels, and with"
                + " `unknownPods: ship` for its pod.");
    String unknownPods =
        kubernetes.oneOf(
            "unknownPods",
            standard.unknownPods().word(),
            UnknownPodPolicy.WORDS,
            "What becomes of the logs of a pod of which neither the API server nor the disk has"
                + " told: `wait` keeps them in their files until there is an answer, so that an"
                + " `exclude` is never passed over; what the kubelet deletes meanwhile, and"
                + " `tail.maxHeld` does not hold, is lost and counted. `ship` ships them after"
                + " `metadataWait` with what their path says. That there is no such pod is an"
                + " answer: its logs are shipped.");
    DataSize maxMetadata =
        kubernetes.dataSize(
            "maxMetadata",
            standard.maxMetadata(),
            DataSize.ofKiB(1),
            DataSize.ofKiB(512),
            "Labels and annotations beyond this are left out of documents, and that is said in"
                + " them.");
    List<String> excludeAnnotations =
        kubernetes.strings(
            "excludeAnnotations",
            standard.excludeAnnotations(),
            "Annotations that are not shipped: names, or beginnings with `*` behind.");
    boolean events =
        kubernetes.bool(
            "events",
            standard.events(),
            "Whether logs that were deleted before they could be read are told as an Event on their"
                + " pod, at most one a minute; needs `create` on `events`.");
    if (enabled && kubeconfig != null) {
      requireReadable(kubernetes, "kubeconfig", kubeconfig);
    }
    return kubernetes.build(
        () ->
            new KubernetesConfig(
                enabled,
                kubeconfig,
                metadataWait,
                UnknownPodPolicy.of(unknownPods),
                maxMetadata,
                excludeAnnotations,
                events),
        standard);
  }

  private static BufferConfig buffer(Section root) {
    Section buffer = root.section("buffer", "The disk buffer between reading and shipping.");
    BufferConfig standard = BufferConfig.defaults();
    Path dir =
        buffer.path(
            "dir",
            standard.dir(),
            "Its folder; made when missing, and used by one agent at a time.");
    DataSize maxSize =
        buffer.dataSize(
            "maxSize",
            standard.maxSize(),
            BufferConfig.LEAST_MAX_SIZE,
            DataSize.ofGiB(16 * 1024),
            "Cap on what the folder occupies on disk; when it is reached reading pauses, and the"
                + " log files are the buffer. Of it a tenth is for dead letters, and an eighth"
                + " (4MiB to 32MiB) and 4MiB stay free for what makes room.");
    DataSize minFree =
        buffer.dataSize(
            "minFree",
            standard.minFree(),
            DataSize.ofBytes(0),
            DataSize.ofGiB(16 * 1024),
            "Free space on the folder's file system below which reading pauses.");
    boolean sync =
        buffer.bool(
            "sync",
            standard.sync(),
            "Whether each append waits until the disk has it; without it a power failure may lose"
                + " what the kernel still held, and reading it again repairs that.");
    return buffer.build(() -> new BufferConfig(dir, maxSize, minFree, sync), standard);
  }

  private static OpsConfig ops(Section root) {
    return root.section("ops", "The port with `/metrics`, `/healthz`, `/readyz` and `/status`.")
        .value(
            "listen",
            LISTEN,
            OpsConfig.defaults(),
            "Where it listens; port 0 takes any that is free.");
  }

  /// Tells when a file that is named is not there or not ours to read.
  static void requireReadable(Section section, String key, @Nullable Path file) {
    if (file != null && (!Files.isRegularFile(file) || !Files.isReadable(file))) {
      section.problem(
          key, "the file " + file + " is not there or not readable; check path, owner and mode");
    }
  }
}
