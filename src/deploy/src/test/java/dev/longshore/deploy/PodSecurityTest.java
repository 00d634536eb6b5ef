package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The evaluator of the Pod Security Standards refuses what Kubernetes refuses, by the control's
/// name, and nothing else.
class PodSecurityTest {
  private static final String SOUND =
      """
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      volumes: [{name: tmp, emptyDir: {}}]
      containers:
        - name: checkout
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      """;

  @Test
  void aSoundPodIsAdmittedEverywhere() {
    for (String level : new String[] {"privileged", "baseline", "restricted"}) {
      assertThat(PodSecurity.refused(level, pod(SOUND))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hostNetwork: true                                                         | hostNetwork
          hostPID: true                                                             | hostPID
          volumes: [{name: logs, hostPath: {path: /var/log}}]                       | hostPath
          containers: [{name: a, securityContext: {privileged: true}}]              | privileged
          containers: [{name: a, ports: [{containerPort: 80, hostPort: 80}]}]       | hostPort
          initContainers: [{name: a, securityContext: {privileged: true}}]          | privileged
          containers: [{name: a, securityContext: {capabilities: {add: [NET_RAW]}}}] | capabilities.add
          containers: [{name: a, securityContext: {procMount: Unmasked}}]           | procMount
          securityContext: {seccompProfile: {type: Unconfined}}                     | seccompProfile
          securityContext: {sysctls: [{name: vm.max_map_count, value: "1"}]}        | sysctls
          securityContext: {seLinuxOptions: {type: spc_t}}                          | seLinuxOptions
          """)
  void baselineRefuses(String text, String control) {
    assertThat(PodSecurity.refused("baseline", pod(text))).containsExactly(control);
    assertThat(PodSecurity.refused("privileged", pod(text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          runAsNonRoot: true |                                    | seccompProfile
          'seccompProfile: {type: RuntimeDefault}' |                                    | runAsNonRoot
          runAsNonRoot: true, seccompProfile: {type: RuntimeDefault} | runAsNonRoot: false, | runAsNonRoot
          runAsNonRoot: true, seccompProfile: {type: RuntimeDefault} | runAsUser: 0,        | runAsUser
          """)
  void restrictedRefuses(String ofPod, String ofContainer, String control) {
    String text =
        "securityContext: {%s}\ncontainers: [{name: a, securityContext: {%s allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]"
            .formatted(ofPod, ofContainer == null ? "" : ofContainer);

    assertThat(PodSecurity.refused("restricted", pod(text))).containsExactly(control);
    assertThat(PodSecurity.refused("baseline", pod(text))).isEmpty();
  }

  @Test
  void restrictedRefusesWhatIsNotSaid() {
    assertThat(PodSecurity.refused("restricted", pod("containers: [{name: a}]")))
        .containsExactly(
            "allowPrivilegeEscalation", "runAsNonRoot", "seccompProfile", "capabilities.drop");
    assertThat(
            PodSecurity.refused(
                "restricted", pod(SOUND.replace("emptyDir: {}", "nfs: {server: s, path: /p}"))))
        .containsExactly("volumes");
  }

  private static JsonNode pod(String text) {
    return YamlDocuments.parse(text).getFirst();
  }
}
