package dev.longshore.agent.config;

import dev.longshore.agent.buffer.BufferConfig;
import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.line.LevelNames;
import dev.longshore.agent.redact.RedactConfig;
import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.WebKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/// The configuration of the agent.
///
/// @param nodeName the Kubernetes node on which it runs
/// @param clusterName goes with each document as `orchestrator.cluster.name`
/// @param levels names of levels in JSON bodies, besides the known ones
/// @param redact what is left out of the documents of all pods
/// @param web who may look at the ops port, and further listeners
/// @param filters which records are left out of the index
/// @param drainTimeout how long it ships after SIGTERM; what is left then stays in the buffer
/// @param effective every key with the value in force as YAML, secrets hidden
public record AgentConfig(
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
    ElasticConfig elastic,
    ShipConfig ship,
    OpsConfig ops,
    WebKeys web,
    Duration drainTimeout,
    String effective) {

  /// `docker stop` kills after 10 s, Kubernetes after 30: together with the seconds in which the
  /// last replies are waited for and files are closed it ends before both. What is not drained is
  /// shipped by the next start.
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

  /// What kubeadm calls a cluster that nobody named.
  public static final String DEFAULT_CLUSTER_NAME = "kubernetes";

  /// Reads a file.
  ///
  /// @param env the environment variables, for `${NAME}` and `NODE_NAME`
  /// @throws dev.longshore.shared.config.ConfigException with all its problems
  public static AgentConfig load(Path file, Map<String, String> env) {
    return load(file, env, AgentConfig::hostName);
  }

  static AgentConfig load(Path file, Map<String, String> env, Supplier<String> hostName) {
    ConfigReader reader = ConfigReader.read(file, env);
    AgentKeys keys = AgentKeys.read(reader.root(), env, hostName);
    reader.finish();
    return new AgentConfig(
        keys.nodeName(),
        keys.clusterName(),
        keys.tail(),
        keys.frame(),
        keys.levels(),
        keys.redact(),
        keys.filters(),
        keys.kubernetes(),
        keys.policy(),
        keys.buffer(),
        keys.elasticsearch().elastic(),
        keys.elasticsearch().ship(),
        keys.ops(),
        keys.web(),
        keys.elasticsearch().drainTimeout(),
        reader.effective());
  }

  /// The kernel's name for this machine, which needs no DNS.
  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException unknown) {
        return "localhost";
      }
    }
  }

  /// The effective configuration, without secrets.
  @Override
  public String toString() {
    return effective;
  }
}
