package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.enrich.Access.Identity;
import dev.longshore.shared.tls.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The common kinds of credentials are read as kubectl reads them; what is not common is left to
/// fabric8, and never half understood.
final class AccessFilesTest {
  @TempDir Path folder;

  private static final String SERVER = "https://10.0.0.1:6443";

  private Path kubeconfig(String cluster, String user) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: elsewhere
          cluster: {server: "https://192.0.2.1"}
        - name: dock
          cluster: {server: "https://10.0.0.1:6443"%s}
        users:
        - name: agent
          user: {%s}
        contexts:
        - name: elsewhere
          context: {cluster: elsewhere, user: agent}
        - name: here
          context: {cluster: dock, user: agent, namespace: shop}
        current-context: here
        preferences: {}
        """
            .formatted(cluster, user));
  }

  private AccessFiles files(Map<String, String> environment) {
    return new AccessFiles(environment, folder, folder.resolve("account"));
  }

  private Access read(String cluster, String user) throws IOException {
    return Objects.requireNonNull(files(Map.of()).find(kubeconfig(cluster, user)));
  }

  @Test
  void readsTheCurrentContextsClusterAndUser() throws IOException {
    Access access = read("", "token: \"secret\"");

    assertThat(access.master()).isEqualTo(SERVER);
    assertThat(access.identity().authorization()).isEqualTo("Bearer secret");
    assertThat(access.authority()).isNull();
    assertThat(access.insecure()).isFalse();
  }

  @Test
  void findsFilesBesideTheKubeconfig() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), "authority");
    Files.writeString(folder.resolve("agent.pem"), "certificate");
    Files.writeString(folder.resolve("agent.key"), "key");

    Access access =
        read(
            ", certificate-authority: ca.pem, tls-server-name: api.internal",
            "client-certificate: agent.pem, client-key: " + folder.resolve("agent.key"));

    assertThat(text(access.authority())).isEqualTo("authority");
    assertThat(access.tlsServerName()).isEqualTo("api.internal");
    Access.ClientPair pair = Objects.requireNonNull(access.pair());
    assertThat(pair.certificate().text()).isEqualTo("certificate");
    assertThat(pair.key().text()).isEqualTo("key");
    assertThat(pair.key().name()).contains("client-key", folder.resolve("agent.key").toString());
    assertThat(access.identity()).isEqualTo(new Identity.Nobody());
  }

  @Test
  void prefersWhatStandsInTheKubeconfigItself() throws IOException {
    Access access =
        read(
            ", certificate-authority: gone.pem, certificate-authority-data: " + base64("inline"),
            "username: agent, password: \"p:w\"");

    assertThat(text(access.authority())).isEqualTo("inline");
    assertThat(access.identity().authorization()).isEqualTo("Basic " + base64("agent:p:w"));
  }

  @Test
  void readsATokenFileForEachRequest() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    Access access = read(", insecure-skip-tls-verify: true", "tokenFile: token");

    assertThat(access.insecure()).isTrue();
    assertThat(access.identity().authorization()).isEqualTo("Bearer first");
    Files.writeString(token, "second");
    assertThat(access.identity().authorization()).isEqualTo("Bearer second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec: {command: aws, args: [eks, get-token]}",
        "auth-provider: {name: oidc}",
        "token: secret, as: system:admin"
      })
  void leavesPluginsAndImpersonationToFabric8(String user) throws IOException {
    assertThat(files(Map.of()).find(kubeconfig("", user))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTPS_PROXY", "NO_PROXY", "KUBERNETES_TRUST_CERTIFICATES", "KUBERNETES_MASTER"})
  void leavesSettingsOfFabric8sOwnToFabric8(String variable) throws IOException {
    Path file = kubeconfig("", "token: secret");

    assertThat(files(Map.of(variable, "x")).find(file)).isNull();
  }

  @Test
  void leavesProxiesAndSeveralFilesToFabric8() throws IOException {
    Path file = kubeconfig(", proxy-url: \"http://proxy:3128\"", "token: secret");

    assertThat(files(Map.of()).find(file)).isNull();
    assertThat(files(Map.of("KUBECONFIG", file + ":" + file)).find(null)).isNull();
  }

  @Test
  void looksWhereKubectlLooksBeforeTheServiceAccount() throws IOException {
    Path file = kubeconfig("", "token: named");
    serviceAccount();
    Map<String, String> environment =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");

    Access account = Objects.requireNonNull(files(environment).find(null));
    assertThat(account.master()).isEqualTo("https://[fd00::1]:443");
    assertThat(text(account.authority())).isEqualTo("authority");
    assertThat(account.identity().authorization()).isEqualTo("Bearer account");

    Files.createDirectories(folder.resolve(".kube"));
    Files.copy(file, folder.resolve(".kube/config"));
    Access home = Objects.requireNonNull(files(environment).find(null));
    assertThat(home.identity().authorization()).isEqualTo("Bearer named");

    Access named = Objects.requireNonNull(files(Map.of("KUBECONFIG", file.toString())).find(null));
    assertThat(named.master()).isEqualTo(SERVER);
  }

  @Test
  void outsideOfAPodThereIsNoServiceAccount() throws IOException {
    serviceAccount();

    assertThat(files(Map.of()).find(null)).isNull();
  }

  @Test
  void namesTheFileThatIsNoKubeconfig() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken"), "users: [");
    Path notBase64 = kubeconfig(", certificate-authority-data: \"Zg=Zg\"", "token: secret");

    assertThatThrownBy(() -> files(Map.of()).find(broken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(broken.toString());
    assertThatThrownBy(() -> files(Map.of()).find(notBase64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate-authority-data");
  }

  private void serviceAccount() throws IOException {
    Path account = Files.createDirectories(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "account\n");
    Files.writeString(account.resolve("ca.crt"), "authority");
  }

  private static String text(@Nullable Pem pem) {
    return Objects.requireNonNull(pem).text();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
