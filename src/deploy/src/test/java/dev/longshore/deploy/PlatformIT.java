package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The playbook installs everything in order and waits behind each part, shows no secret to
/// anybody, changes nothing when it is run again, and says what is wrong before it changes
/// anything.
@Tag("ansible")
class PlatformIT {
  /// What the vault of `local` holds.
  private static final List<String> SECRETS =
      List.of(
          "local-agent-Pa55",
          "local-alerting-Pa55",
          "local-kibana-key-of-32-characters",
          "local-grafana-Pa55",
          "http://slack-stand-in.alerting.svc:8080/services/T0/B0/local");

  /// The tasks of the preflight that ask for the vault's secrets, and for what the cluster has.
  private static final String OF_VAULT = "The vault has what is needed";

  private static final String OF_CLUSTER = "Look for definitions that somebody else installed";

  @TempDir Path folder;

  @Test
  @Tag("schemas")
  void installsInOrderShowsNoSecretAndChangesNothingTheSecondTime() {
    PlatformRuns local = PlatformRuns.of("local");
    Run first = local.first();

    assertOrder(first);
    assertEveryPartIsWaitedFor(first);
    assertNoSecretIsSeen(first);

    Run second = local.again();

    assertThat(second.code()).as(second.output()).isZero();
    assertThat(second.changed()).as("changes of a second run").isZero();
    assertThat(second.releases()).isEmpty();
    assertThat(second.calls())
        .noneMatch(it -> it.arguments().contains("apply") && !it.toString().contains("dry-run"));
    System.out.println("first run: " + recap(first) + "\nsecond run: " + recap(second));
  }

  @Test
  @Tag("schemas")
  void aCheckSaysWhatWouldBeChangedAndChangesNothing() {
    Run check = new Playbook(folder, "local").withDefinitions().with("--check").run();

    assertThat(check.code()).as(check.output()).isZero();
    assertThat(check.changed())
        .as("what would be changed")
        .isEqualTo(PlatformRuns.of("local").first().changed());
    assertThat(check.output())
        .contains("namespaces with their Pod Security labels would be applied")
        .contains("longshore-agent would be installed");
    assertThat(check.releases()).isEmpty();
    assertThat(check.calls())
        .noneMatch(it -> it.arguments().contains("apply") && !it.toString().contains("dry-run"));
  }

  private static String recap(Run run) {
    return run.output().lines().filter(it -> it.contains("unreachable=")).findFirst().orElse("");
  }

  private static void assertOrder(Run run) {
    List<String> steps = new ArrayList<>();
    for (Call call : run.calls()) {
      if (call.isRelease()) {
        steps.add(call.release());
      } else if (call.arguments().contains("apply") && !call.arguments().contains("diff")) {
        List<String> kinds =
            YamlDocuments.parse(call.given()).stream()
                .map(it -> it.path("kind").asText())
                .distinct()
                .toList();
        steps.add(String.join(",", kinds));
      }
    }
    assertThat(steps.stream().distinct().toList())
        .containsExactly(
            "Namespace",
            "Secret",
            "CustomResourceDefinition",
            "cert-manager",
            "ClusterIssuer",
            "trust-manager",
            "envoy-gateway",
            "platform-issuers",
            "platform-gateway",
            "metrics-server",
            "monitoring",
            "platform-monitoring",
            "elastic-operator",
            "platform-elastic",
            "longshore-agent",
            "platform-alerting",
            "longshore-alerting");
  }

  private static void assertEveryPartIsWaitedFor(Run run) {
    assertThat(run.releases())
        .isNotEmpty()
        .allSatisfy(
            it -> {
              assertThat(it.arguments()).as(it.toString()).contains("--wait", "--timeout");
              assertThat(it.arguments()).contains("--namespace");
              assertThat(it.chart().startsWith("/") || !it.option("--version").isEmpty())
                  .as("a version for %s", it)
                  .isTrue();
            });
    assertThat(given(run, "kubectl wait --for=condition=Established"))
        .as("definitions that are waited for")
        .isEqualTo(
            given(run, "kubectl apply --server-side").stream()
                .filter(it -> it.contains("kind: CustomResourceDefinition"))
                .toList());
    assertThat(run.calls().stream().map(Call::toString).toList())
        .containsSubsequence(
            "kubectl wait --for=condition=Established --timeout=60s -f -",
            "kubectl apply --dry-run=server -f -",
            "kubectl --namespace envoy-gateway-system rollout status deployment/envoy-gateway"
                + " --timeout=10m",
            "kubectl wait --for=condition=Ready --timeout=10m clusterissuers"
                + " --selector=app.kubernetes.io/instance=platform-issuers",
            "kubectl --namespace gateway wait --for=condition=Programmed --timeout=10m"
                + " gateway/platform",
            "kubectl --namespace elastic get elasticsearch/logs --output jsonpath={.status.health}",
            "kubectl --namespace elastic get kibana/logs --output jsonpath={.status.health}",
            "kubectl wait --for=condition=Ready --timeout=10m certificates --all-namespaces"
                + " --selector=app.kubernetes.io/part-of=longshore",
            "helm test longshore-agent --namespace logging --timeout 2m",
            "kubectl create -f -",
            "kubectl --namespace logging wait --for=jsonpath={.status.phase}=Succeeded"
                + " --timeout=180s pod/longshore-verify",
            "kubectl --namespace logging delete pod/longshore-verify --ignore-not-found --wait",
            "helm test longshore-alerting --namespace alerting --timeout 2m",
            "kubectl create -f -",
            "kubectl --namespace alerting wait --for=jsonpath={.status.phase}=Succeeded"
                + " --timeout=180s pod/longshore-verify",
            "kubectl --namespace alerting delete pod/longshore-verify --ignore-not-found --wait");
  }

  /// What calls that begin so were given, in order.
  private static List<String> given(Run run, String beginning) {
    return run.calls().stream()
        .filter(it -> it.toString().startsWith(beginning))
        .map(Call::given)
        .toList();
  }

  private static void assertNoSecretIsSeen(Run run) {
    for (String secret : SECRETS) {
      String encoded = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
      assertThat(run.output()).doesNotContain(secret).doesNotContain(encoded);
      for (Call call : run.calls()) {
        assertThat(call.toString()).doesNotContain(secret).doesNotContain(encoded);
        if (!call.given().contains("kind: Secret")) {
          assertThat(call.given())
              .as("what %s is given", call)
              .doesNotContain(secret)
              .doesNotContain(encoded);
        }
      }
      assertThat(run.calls())
          .as("the secret reaches the cluster, by standard input")
          .anyMatch(it -> it.given().contains(encoded));
    }
  }

  @Test
  void aPartIsLeftOutByTagsOrByItsSwitch() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "cert_manager,trust_manager", "-e", "cert_manager_enabled=false")
            .withoutPreflight()
            .run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.releases()).extracting(Call::release).containsExactly("trust-manager");
  }

  @Test
  void saysWhatIsWrongBeforeItChangesAnything() {
    refuses(
        playbook("rights")
            .from("Ask whether we may do what is needed")
            .where("LONGSHORE_RIGHTS", "no"),
        "The user of the current context may not do everything in this cluster");
    refuses(
        playbook("old").where("LONGSHORE_KUBERNETES", "v1.29.4"),
        "Kubernetes 1.29 is not supported by");
    refuses(
        playbook("away").where("LONGSHORE_FAILS", "kubectl version"),
        "The API server of the current context can not be reached");
    refuses(
        playbook("helm").where("LONGSHORE_HELM_VERSION", "v3.9.0"), "install Helm 3.14 or newer");
    refuses(
        playbook("channel")
            .from(OF_CLUSTER)
            .where(
                "LONGSHORE_DEFINITIONS", "tcproutes.gateway.networking.k8s.io experimental v1.5.0"),
        "The experimental channel of the Gateway API is installed already");
    refuses(
        playbook("vault").from(OF_VAULT).with("-e", "vault_slack_webhook_url="),
        "vault_slack_webhook_url is missing");
  }

  @Test
  void saysWhatTheClusterLacksOrHasAlready() {
    refuses(
        playbook("environment")
            .from(OF_CLUSTER)
            .where("LONGSHORE_NAMESPACES", "production production"),
        "This cluster was set up as production, and this is local");
    refuses(
        playbook("storage")
            .from(OF_CLUSTER)
            .with("-e", "elastic_storage_class=fast")
            .where("LONGSHORE_STORAGE", "slow <none>"),
        "The cluster has no default StorageClass, and monitoring_storage_class names none; there"
            + " are slow.",
        "The StorageClass fast, which elastic_storage_class names, is not there; there are slow.");
    refuses(
        playbook("balancer")
            .from(OF_CLUSTER)
            .with("-e", "gateway_service_type=LoadBalancer")
            .where("LONGSHORE_NODES", "<none>")
            .where("LONGSHORE_DEFINITIONS", "gateways.example.com <none>"),
        "nothing in this cluster makes load balancers");
    refuses(
        playbook("there")
            .from(OF_CLUSTER)
            .where("LONGSHORE_WORKLOADS", "metrics-server <none> kube-system <none>"),
        "metrics_server is in the namespace kube-system already, and not by this playbook; leave"
            + " ours out with metrics_server_enabled: false");
  }

  @Test
  void saysAllAtOnceWhichChoicesDoNotFit() {
    refuses(
        playbook("choices")
            .with("-e", "platform_domain=")
            .with("-e", "{platform_routes: [{name: alerting}, {name: kibana, auth: basic}]}")
            .with("-e", "{alerting_database: existing, platform_registry_login: true}")
            .where("LONGSHORE_IMAGES", "registry.example.com/platform/longshore")
            .with(
                "-e",
                "{external_dns_enabled: true, external_dns_providers: [{name: a, provider: aws,"
                    + " owner: a, domains: [a.example], policy: sync, identity: {kind: gke}}]}"),
        "platform_domain is empty",
        "platform_routes publishes alerting and says not who may come in",
        "kibana has auth: basic, and takes oidc, networks, none",
        "a has gke, and aws takes aws-irsa, aws-pod-identity",
        "set alerting_postgres_url",
        "add vault_registry_username and vault_registry_password to");
    refuses(
        playbook("authority")
            .from(OF_CLUSTER)
            .with(
                "-e",
                "{issuers_vault: [{name: openbao, server: 'https://openbao.openbao.svc:8200',"
                    + " path: pki/sign/platform, auth: {}}]}"),
        "openbao is to be asked at https://openbao.openbao.svc:8200, and there is no such Service");
  }

  @Test
  void saysWhichVariableIsOfAnotherShape() {
    refuses(
        playbook("shape").with("-e", "agent_values=x"),
        "agent_values is not a mapping; write keys and values below it");
    refuses(
        playbook("shape")
            .with("-e", "{platform_routes: {alerting: oidc}, gateway_hosts: [example.com]}")
            .with("-e", "{issuers_acme: [{nam: letsencrypt}], issuers_vault: openbao}")
            .with("-e", "{external_dns_providers: [{name: a, provider: aws, policy: sync}]}"),
        "platform_routes is not a list of mappings that have name each",
        "gateway_hosts is not a list of mappings that have hostname each",
        "issuers_acme is not a list of mappings that have name each",
        "issuers_vault is not a list of mappings that have name each",
        "external_dns_providers is not a list of mappings that have owner each",
        "external_dns_providers is not a list of mappings that have domains each");
  }

  private Playbook playbook(String name) {
    return new Playbook(folder.resolve(name), "local").withoutValues();
  }

  private static void refuses(Playbook playbook, String... sentences) {
    Run run = playbook.run();

    assertThat(run.code()).isNotZero();
    assertThat(run.output().replaceAll("\\s+", " ")).contains(sentences);
    assertThat(run.releases()).isEmpty();
    assertThat(run.calls()).noneMatch(it -> it.arguments().contains("apply"));
  }

  @Test
  void aPartThatDoesNotBecomeReadyEndsTheRun() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "issuers,gateway,agent")
            .withoutPreflight()
            .where("LONGSHORE_FAILS", "gateway/platform")
            .run();

    assertThat(run.code()).isNotZero();
    assertThat(run.releases().getLast().release()).isEqualTo("platform-gateway");
  }

  @Test
  void aLineThatElasticsearchDoesNotHaveEndsTheRunAndItsPodIsTakenAway() {
    Run run =
        new Playbook(folder, "local")
            .with("--tags", "agent,verify")
            .withoutPreflight()
            .where("LONGSHORE_FAILS", "wait --for=jsonpath={.status.phase}=Succeeded")
            .run();

    assertThat(run.code()).isNotZero();
    assertThat(run.output().replaceAll("\\s+", " "))
        .contains("was not found in Elasticsearch within 180 s")
        .contains("set verify_image to an image with sh and curl");
    assertThat(run.calls().getLast())
        .hasToString(
            "kubectl --namespace logging delete pod/longshore-verify --ignore-not-found --wait");
  }

  @Test
  @Tag("schemas")
  void theLockIsWhatWasPublished() throws Exception {
    assertThat(Lock.definitions()).isNotEmpty();
    for (Lock.Definition definition : Lock.definitions()) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(definition.published()));
      assertThat(HexFormat.of().formatHex(digest))
          .as(definition.url())
          .isEqualTo(definition.sha256());
    }
    for (JsonNode component : Lock.components()) {
      assertThat(component.path("version").asText()).isNotEmpty();
      assertThat(component.path("licence").asText()).isNotEmpty();
      assertThat(component.at("/kubernetes/min").asText()).matches("1\\.\\d+");
    }
  }

  @Test
  void ansiblesLinterFindsNothing() throws Exception {
    Path platform = Chart.deployFolder().resolve("platform");
    ProcessBuilder builder =
        new ProcessBuilder("ansible-lint", "--offline", "-p", "site.yml")
            .directory(platform.toFile())
            .redirectErrorStream(true);
    builder
        .environment()
        .put(
            "ANSIBLE_VAULT_PASSWORD_FILE",
            platform.resolve("inventories/local/vault-password").toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "ansible-lint is not installed; Debian: apt-get install ansible-core ansible-lint", e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  @Test
  void theVaultOfLocalIsEncryptedAndTheOthersAreNotThere() throws IOException {
    Path inventories = ProjectFolder.find().resolve("deploy/platform/inventories");

    assertThat(inventories.resolve("local/group_vars/cluster/vault.yml"))
        .content()
        .startsWith("$ANSIBLE_VAULT;1.1;AES256");
    for (String environment : List.of("staging", "production")) {
      assertThat(inventories.resolve(environment + "/group_vars/cluster/vault.yml")).doesNotExist();
      JsonNode example =
          YamlDocuments.one(
              inventories.resolve(environment + "/group_vars/cluster/vault.yml.example"));
      example.forEach(it -> assertThat(it.asText()).isEmpty());
    }
  }
}
