package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images come from a registry with a login, or the run says which one did not come and what to do.
@Tag("ansible")
class PlatformImagesIT {
  @TempDir Path folder;

  @Test
  void aRegistryThatNeedsALoginGetsItFromTheVault() {
    Run run =
        new Playbook(folder, "local")
            .withoutValues()
            .with("--tags", "secrets,agent,alerting", "-e", "platform_registry_login=true")
            .with("-e", "vault_registry_username=robot", "-e", "vault_registry_password=hunter2")
            .where("LONGSHORE_IMAGES", "registry.example.com/platform/longshore")
            .run();

    assertThat(run.code()).as(run.output()).isZero();
    for (String namespace : new String[] {"logging", "alerting"}) {
      JsonNode secret =
          run.calls().stream()
              .filter(it -> it.arguments().contains("apply"))
              .flatMap(it -> YamlDocuments.parse(it.given()).stream())
              .filter(it -> it.at("/metadata/name").asText().equals("registry"))
              .filter(it -> it.at("/metadata/namespace").asText().equals(namespace))
              .findFirst()
              .orElseThrow();
      assertThat(secret.get("type").asText()).isEqualTo("kubernetes.io/dockerconfigjson");
      String login =
          new String(
              Base64.getDecoder().decode(secret.at("/data/.dockerconfigjson").asText()),
              StandardCharsets.UTF_8);
      assertThat(YamlDocuments.parse(login).getFirst())
          .hasToString(
              "{\"auths\":{\"registry.example.com\":{\"username\":\"robot\",\"password\":\"hunter2\"}}}");
    }
    for (String release : new String[] {"longshore-agent", "longshore-alerting"}) {
      JsonNode values =
          run.releases().stream()
              .filter(it -> it.release().equals(release))
              .map(Call::given)
              .map(it -> YamlDocuments.parse(it).getFirst())
              .findFirst()
              .orElseThrow();
      assertThat(values.at("/imagePullSecrets/0/name").asText()).isEqualTo("registry");
      assertThat(values.at("/image/repository").asText())
          .startsWith("registry.example.com/platform/longshore/");
    }
    assertThat(run.output()).doesNotContain("hunter2");
  }

  @Test
  void namesAnImageOfOursThatNoNodeHas() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "agent")
            .withoutPreflight()
            .where("LONGSHORE_FAILS", "helm upgrade")
            .where(
                "LONGSHORE_PODS",
                "longshore-agent-x7k2p ImagePullBackOff localhost/longshore/agent:0.1.0")
            .run();

    assertThat(run.code()).isNotZero();
    assertThat(words(run))
        .contains(
            "longshore-agent is not ready: Error: it was told to fail. The pod"
                + " longshore-agent-x7k2p can not pull localhost/longshore/agent:0.1.0; load it into"
                + " the nodes with ./longshore images --kind NAME");
  }

  @Test
  void namesAnImageOfOthersThatTheNodesCanNotPull() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "trust_manager")
            .withoutPreflight()
            .where("LONGSHORE_FAILS", "helm upgrade")
            .where(
                "LONGSHORE_PODS",
                "trust-manager-5c ErrImagePull quay.io/jetstack/trust-manager:v0.20.0")
            .run();

    assertThat(words(run))
        .contains(
            "The pod trust-manager-5c can not pull quay.io/jetstack/trust-manager:v0.20.0; let the"
                + " nodes reach its registry");
  }

  private static String words(Run run) {
    return run.output().replaceAll("\\s+", " ");
  }
}
