package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.Playbook.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What an operator may choose beside the defaults, all chosen in one run: Alertmanager kept,
/// identities of clouds in place of keys, published pages with a login, further values of every
/// chart.
@Tag("ansible")
@Tag("schemas")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlatformChoicesIT {
  private static final String CHOICES =
      """
      monitoring_alertmanager: true
      elastic_raise_max_map_count: true
      platform_oidc: {issuer: "https://id.example.com", clientId: platform}
      platform_routes:
        - {name: alerting, auth: oidc}
        - {name: prometheus, auth: basic, networks: [10.0.0.0/8]}
        - {name: elasticsearch, auth: networks, networks: [192.0.2.0/24]}
      issuers_acme:
        - name: letsencrypt
          server: https://acme-v02.api.letsencrypt.org/directory
          solvers: [{dnsZones: [example.com], dns01: {route53: {region: eu-central-1}}}]
      issuers_vault:
        - name: openbao
          server: https://openbao.openbao.svc:8200
          path: pki/sign/platform
          auth: {kubernetes: {role: cert-manager, mountPath: /v1/auth/kubernetes, serviceAccountRef: {name: cert-manager}}}
      cert_manager_identity: {kind: aws-irsa, role: "arn:aws:iam::1:role/cert-manager"}
      external_dns_providers:
        - {name: irsa, provider: aws, owner: a, domains: [a.example], policy: sync, identity: {kind: aws-irsa, role: "arn:aws:iam::1:role/dns"}}
        - {name: pods, provider: aws, owner: b, domains: [b.example], policy: sync, identity: {kind: aws-pod-identity}, values: {logFormat: json}}
        - {name: gke, provider: google, owner: c, domains: [c.example], policy: sync, identity: {kind: gke, serviceAccount: dns@p.iam.gserviceaccount.com}}
        - name: aks
          provider: azure
          owner: d
          domains: [d.example]
          policy: sync
          identity: {kind: aks, clientId: client, tenantId: tenant, subscriptionId: subscription, resourceGroup: group}
      vault_dns_route53_access_key_id: ""
      vault_dns_google_service_account: ""
      vault_dns_azure_config: ""
      cert_manager_values: {replicaCount: 2}
      trust_manager_values: {replicaCount: 2}
      envoy_gateway_values: {deployment: {pod: {tolerations: [{operator: Exists}]}}}
      external_dns_values: {logLevel: debug}
      metrics_server_values: {replicas: 2}
      monitoring_values: {grafana: {persistence: {enabled: true}}}
      elastic_operator_values: {replicaCount: 2}
      issuers_values: {commonLabels: {team: platform}}
      gateway_values: {clients: {minTlsVersion: "1.3"}}
      elastic_values: {kibana: {replicas: 2}}
      """;

  private PlatformObjects platform = new PlatformObjects(List.of(), Map.of());

  @BeforeAll
  void run(@TempDir Path records) throws IOException {
    Path choices = Files.writeString(records.resolve("choices.yml"), CHOICES);
    Run run =
        new Playbook(records, "production")
            .with("--extra-vars", "@" + choices)
            // Which no choice changes.
            .with("--skip-tags", "crds,verify")
            .where("LONGSHORE_SERVICES", "openbao openbao")
            .run();
    assertThat(run.code()).as(run.output()).isZero();
    platform = PlatformObjects.of(run, records);
  }

  @Test
  void everythingPointsAtSomethingThatIsThereAndFitsItsSchema() {
    assertThat(Wiring.problems(platform)).isEmpty();
    assertThat(PlatformWiringIT.misfits(platform)).isEmpty();
    assertThat(PlatformWiringIT.unknownValues(platform)).isEmpty();
    assertThat(PlatformPodSecurityIT.problems(platform)).isEmpty();
  }

  @Test
  void alertmanagerThatIsKeptAndLongshoreAreBothTold() {
    JsonNode endpoints = values("monitoring").at("/prometheus/prometheusSpec/alertingEndpoints");

    assertThat(values("monitoring").at("/alertmanager/enabled").asBoolean()).isTrue();
    assertThat(endpoints.findValuesAsText("name"))
        .containsExactly("monitoring-alertmanager", "longshore-alerting");
  }

  @Test
  void anIdentityOfTheCloudTakesThePlaceOfKeys() {
    assertThat(platform.ofKind("Secret").map(Manifest::name))
        .noneMatch(it -> it.startsWith("dns-"));
    assertThat(annotation("cert-manager", "eks.amazonaws.com~1role-arn"))
        .isEqualTo("arn:aws:iam::1:role/cert-manager");
    assertThat(annotation("external-dns-irsa", "eks.amazonaws.com~1role-arn"))
        .isEqualTo("arn:aws:iam::1:role/dns");
    assertThat(annotation("external-dns-gke", "iam.gke.io~1gcp-service-account"))
        .isEqualTo("dns@p.iam.gserviceaccount.com");
    assertThat(annotation("external-dns-aks", "azure.workload.identity~1client-id"))
        .isEqualTo("client");
    assertThat(values("external-dns-aks").at("/podLabels/azure.workload.identity~1use").asText())
        .isEqualTo("true");
    assertThat(values("external-dns-aks").at("/secretConfiguration/data/azure.json").asText())
        .contains("\"useWorkloadIdentityExtension\": true", "\"tenantId\": \"tenant\"");
    assertThat(values("external-dns-pods").at("/serviceAccount/name").asText())
        .isEqualTo("external-dns-pods");
    for (String name : List.of("irsa", "pods", "gke", "aks")) {
      assertThat(values("external-dns-" + name).has("env")).as(name).isFalse();
    }
  }

  @Test
  void onlyWhatIsNamedIsPublishedAndEachWithItsLogin() {
    assertThat(published(platform))
        .containsExactlyInAnyOrder("longshore-alerting", "prometheus", "elasticsearch");
    Map<String, JsonNode> guards =
        platform
            .ofKind("SecurityPolicy")
            .collect(
                Collectors.toMap(
                    it -> it.body().at("/spec/targetRefs/0/name").asText(),
                    it -> it.body().get("spec")));
    assertThat(guard(guards, "longshore-alerting").at("/oidc/redirectURL").asText())
        .isEqualTo("https://alerts.example.com/oauth2/callback");
    assertThat(guard(guards, "prometheus").at("/basicAuth/users/name").asText())
        .isEqualTo("route-users");
    assertThat(guard(guards, "prometheus").at("/authorization/defaultAction").asText())
        .isEqualTo("Deny");
    assertThat(
            guard(guards, "elasticsearch")
                .at("/authorization/rules/0/principal/clientCIDRs/0")
                .asText())
        .isEqualTo("192.0.2.0/24");
  }

  private static JsonNode guard(Map<String, JsonNode> guards, String route) {
    return Objects.requireNonNull(guards.get(route), () -> "nothing guards " + route);
  }

  @Test
  void productionPublishesNothingOfItselfAndBoundsWhoConnects() {
    PlatformObjects production = PlatformRuns.of("production").objects();

    assertThat(published(production)).isEmpty();
    assertThat(production.ofKind("NetworkPolicy").map(it -> it.namespace() + "/" + it.name()))
        .containsExactlyInAnyOrder(
            "elastic/elasticsearch",
            "elastic/kibana",
            "monitoring/prometheus",
            "monitoring/grafana",
            "logging/longshore-agent",
            "alerting/longshore-alerting");
    production
        .ofKind("NetworkPolicy")
        .forEach(
            it ->
                assertThat(it.body().at("/spec/ingress"))
                    .as(it.toString())
                    .isNotEmpty()
                    .allSatisfy(rule -> assertThat(rule.path("from")).isNotEmpty()));
  }

  @Test
  void certManagerMayMakeTokensOfTheAccountThatAnIssuerNames() {
    Manifest role = platform.find("Role", "cert-manager", "platform-issuers-tokens").orElseThrow();
    Manifest binding =
        platform.find("RoleBinding", "cert-manager", "platform-issuers-tokens").orElseThrow();

    assertThat(role.body().at("/rules/0").toString())
        .isEqualTo(
            "{\"apiGroups\":[\"\"],\"resources\":[\"serviceaccounts/token\"],"
                + "\"resourceNames\":[\"cert-manager\"],\"verbs\":[\"create\"]}");
    assertThat(binding.body().at("/subjects/0/name").asText()).isEqualTo("cert-manager");
  }

  @Test
  void everyChartTakesFurtherValuesBesideOurs() {
    assertThat(values("cert-manager").at("/replicaCount").asInt()).isEqualTo(2);
    assertThat(values("cert-manager").at("/crds/enabled").asBoolean()).isTrue();
    assertThat(values("trust-manager").at("/replicaCount").asInt()).isEqualTo(2);
    assertThat(values("envoy-gateway").at("/deployment/pod/tolerations")).hasSize(1);
    assertThat(values("envoy-gateway").at("/deployment/replicas").asInt()).isEqualTo(3);
    assertThat(values("external-dns-irsa").at("/logLevel").asText()).isEqualTo("debug");
    assertThat(values("external-dns-pods").at("/logFormat").asText()).isEqualTo("json");
    assertThat(values("external-dns-pods").at("/logLevel").asText()).isEqualTo("debug");
    assertThat(values("metrics-server").at("/replicas").asInt()).isEqualTo(2);
    assertThat(values("monitoring").at("/grafana/persistence/enabled").asBoolean()).isTrue();
    assertThat(values("monitoring").at("/grafana/admin/existingSecret").asText())
        .isEqualTo("grafana-admin");
    assertThat(values("elastic-operator").at("/replicaCount").asInt()).isEqualTo(2);
    assertThat(
            platform
                .find("ClusterIssuer", "", "letsencrypt")
                .orElseThrow()
                .body()
                .at("/metadata/labels/team")
                .asText())
        .isEqualTo("platform");
    assertThat(
            platform
                .find("ClientTrafficPolicy", "gateway", "platform")
                .orElseThrow()
                .body()
                .at("/spec/tls/minVersion")
                .asText())
        .isEqualTo("1.3");
    assertThat(
            platform
                .find("Kibana", "elastic", "logs")
                .orElseThrow()
                .body()
                .at("/spec/count")
                .asInt())
        .isEqualTo(2);
  }

  @Test
  void elasticsearchLooksAtTheNodesLimitAndAPrivilegedPodRaisesItWhereThatIsChosen() {
    JsonNode pod =
        platform
            .find("Elasticsearch", "elastic", "logs")
            .orElseThrow()
            .body()
            .at("/spec/nodeSets/0/podTemplate/spec");

    assertThat(pod.at("/initContainers/0/command/2").asText())
        .contains("[ \"$has\" -ge 262144 ] && exit 0", "elasticsearch.maxMapCount.raise: true");
    assertThat(platform.find("DaemonSet", "logging", "logs-max-map-count")).isPresent();
    assertThat(PlatformRuns.of("production").objects().ofKind("DaemonSet").map(Manifest::name))
        .containsExactly("longshore-agent");
  }

  /// Routes that lead to a Service: not that of the Gateway, which redirects.
  private static List<String> published(PlatformObjects platform) {
    return platform
        .ofKind("HTTPRoute", "GRPCRoute", "TCPRoute")
        .filter(it -> !it.body().findValues("backendRefs").isEmpty())
        .map(Manifest::name)
        .toList();
  }

  private String annotation(String release, String name) {
    return values(release).at("/serviceAccount/annotations/" + name).asText();
  }

  private JsonNode values(String release) {
    return Optional.ofNullable(platform.values().get(release)).orElseThrow().values();
  }
}
