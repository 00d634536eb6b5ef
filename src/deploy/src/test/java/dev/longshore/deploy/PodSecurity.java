package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a level of the Pod Security Standards refuses of a pod, as Kubernetes' admission does: the
/// controls of https://kubernetes.io/docs/concepts/security/pod-security-standards/ for Linux, as
/// of 1.33. The evaluator knows no exemptions and no Windows.
final class PodSecurity {
  private static final Set<String> BASELINE_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private static final Set<String> RESTRICTED_VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private static final Set<String> SAFE_SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem");

  private final JsonNode pod;
  private final List<String> refused = new ArrayList<>();

  private PodSecurity(JsonNode pod) {
    this.pod = pod;
  }

  /// @param level privileged, baseline or restricted
  /// @param pod a pod's `spec`
  /// @return the names of the controls that refuse it; none where it is admitted
  static List<String> refused(String level, JsonNode pod) {
    PodSecurity evaluation = new PodSecurity(pod);
    switch (level) {
      case "privileged" -> {}
      case "baseline" -> evaluation.baseline();
      case "restricted" -> {
        evaluation.baseline();
        evaluation.restricted();
      }
      default -> throw new IllegalArgumentException("no such level: " + level);
    }
    return evaluation.refused.stream().distinct().toList();
  }

  private void baseline() {
    for (String key : List.of("hostNetwork", "hostPID", "hostIPC")) {
      refuseIf(pod.path(key).asBoolean(), key);
    }
    for (JsonNode volume : pod.path("volumes")) {
      refuseIf(volume.has("hostPath"), "hostPath");
    }
    for (JsonNode sysctl : pod.at("/securityContext/sysctls")) {
      refuseIf(!SAFE_SYSCTLS.contains(sysctl.path("name").asText()), "sysctls");
    }
    checkContext(pod.path("securityContext"));
    for (JsonNode container : containers()) {
      JsonNode context = container.path("securityContext");
      refuseIf(context.path("privileged").asBoolean(), "privileged");
      for (JsonNode added : context.at("/capabilities/add")) {
        refuseIf(!BASELINE_CAPABILITIES.contains(added.asText()), "capabilities.add");
      }
      for (JsonNode port : container.path("ports")) {
        refuseIf(port.path("hostPort").asInt() != 0, "hostPort");
      }
      String mount = context.path("procMount").asText("Default");
      refuseIf(!mount.equals("Default"), "procMount");
      checkContext(context);
    }
  }

  /// What a pod and a container may both say.
  private void checkContext(JsonNode context) {
    refuseIf(context.at("/seccompProfile/type").asText().equals("Unconfined"), "seccompProfile");
    refuseIf(context.at("/appArmorProfile/type").asText().equals("Unconfined"), "appArmorProfile");
    String type = context.at("/seLinuxOptions/type").asText();
    refuseIf(
        !Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
            .contains(type),
        "seLinuxOptions");
    refuseIf(
        !context.at("/seLinuxOptions/user").asText().isEmpty()
            || !context.at("/seLinuxOptions/role").asText().isEmpty(),
        "seLinuxOptions");
    refuseIf(context.at("/windowsOptions/hostProcess").asBoolean(), "windowsOptions.hostProcess");
  }

  private void restricted() {
    JsonNode ofPod = pod.path("securityContext");
    for (JsonNode volume : pod.path("volumes")) {
      volume
          .fieldNames()
          .forEachRemaining(
              it -> refuseIf(!it.equals("name") && !RESTRICTED_VOLUMES.contains(it), "volumes"));
    }
    refuseIf(ofPod.path("runAsUser").asInt(-1) == 0, "runAsUser");
    for (JsonNode container : containers()) {
      JsonNode context = container.path("securityContext");
      refuseIf(
          context.path("allowPrivilegeEscalation").asBoolean(true), "allowPrivilegeEscalation");
      refuseIf(!either(context, ofPod, "runAsNonRoot").asBoolean(), "runAsNonRoot");
      refuseIf(context.path("runAsUser").asInt(-1) == 0, "runAsUser");
      String profile = either(context, ofPod, "seccompProfile").path("type").asText();
      refuseIf(!Set.of("RuntimeDefault", "Localhost").contains(profile), "seccompProfile");
      refuseIf(!names(context.at("/capabilities/drop")).contains("ALL"), "capabilities.drop");
      refuseIf(
          !Set.of("NET_BIND_SERVICE").containsAll(names(context.at("/capabilities/add"))),
          "capabilities.add");
    }
  }

  /// A container's field, or its pod's where the container has none.
  private static JsonNode either(JsonNode container, JsonNode ofPod, String key) {
    return container.has(key) ? container.get(key) : ofPod.path(key);
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(it -> names.add(it.asText()));
    return names;
  }

  private List<JsonNode> containers() {
    List<JsonNode> containers = new ArrayList<>();
    for (String kind : List.of("initContainers", "containers", "ephemeralContainers")) {
      pod.path(kind).forEach(containers::add);
    }
    if (containers.isEmpty()) {
      // A pod without containers is not one that this evaluator was given by intent.
      containers.add(JsonNodeFactory.instance.objectNode());
    }
    return containers;
  }

  private void refuseIf(boolean wrong, String control) {
    if (wrong) {
      refused.add(control);
    }
  }
}
