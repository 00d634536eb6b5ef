package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.deploy.Playbook.Run;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Variables as people write them: rules with braces of their own, secrets that YAML takes for
/// something else than text, providers and identities of which something is missing.
@Tag("ansible")
final class PlatformInputsIT {
  private static final String RULES =
      "{alerting_rules: {shop.yaml: {groups: [{name: shop, rules: [{alert: Slow, expr: up == 0,"
          + " annotations: {summary: '{{ $labels.pod }} restarts'}}]}]}}}";

  @TempDir Path folder;

  private Playbook playbook() {
    return new Playbook(folder, "local").withoutValues();
  }

  /// From where the vault's secrets are looked at.
  private Playbook ofVault() {
    return playbook().from("The vault's secrets are texts");
  }

  @Test
  void aRuleWhoseBracesAnsibleWouldReadIsToldInASentence() {
    refuses(
        playbook().with("-e", RULES),
        "alerting_rules has a text with braces that Ansible takes for its own",
        "write !unsafe before that text");
  }

  /// The very file that docs/getting-started.md writes.
  @Test
  void theRuleOfGettingStartedComesToAlertingWithItsBraces() throws IOException {
    String page = Files.readString(ProjectFolder.find().resolve("docs/getting-started.md"));
    String begin = "cat > rule.yml <<'EOF'\n";
    int at = page.indexOf(begin) + begin.length();
    Path rule =
        Files.writeString(folder.resolve("rule.yml"), page.substring(at, page.indexOf("EOF", at)));

    Run run = playbook().with("--tags", "alerting", "--extra-vars", "@" + rule).run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.releases())
        .filteredOn(it -> it.release().equals("longshore-alerting"))
        .singleElement()
        .satisfies(it -> assertThat(it.given()).contains("checkout logged {{ $value }} errors"));
  }

  @Test
  void aSecretThatIsNoTextIsToldAndNotShown() {
    Run run =
        refuses(
            ofVault()
                .with("-e", "{vault_grafana_admin_password: 0123}")
                .with("-e", "{vault_kibana_encryption_key: 'ger{{anium'}")
                .with("-e", google("{type: service_account, private_key: tellurium}")),
            "vault_grafana_admin_password is no text as it stands in",
            "vault_kibana_encryption_key is no text as it stands in",
            "vault_dns_google_service_account is no text as it stands in");
    assertThat(run.output()).doesNotContain("anium", "tellurium");
  }

  @Test
  void aSecretInJsonComesToTheClusterAsItStandsInTheVault() {
    String key = "{\"type\": \"service_account\", \"private_key\": \"a\\\\nb\"}";

    Run run = playbook().with("--tags", "secrets", "-e", google("'" + key + "'")).run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.calls())
        .filteredOn(it -> it.arguments().contains("apply"))
        .anySatisfy(
            it ->
                assertThat(it.given())
                    .contains(
                        "service-account.json: "
                            + Base64.getEncoder()
                                .encodeToString(key.getBytes(StandardCharsets.UTF_8))));
  }

  private static String google(String account) {
    return "{external_dns_enabled: true, external_dns_providers: [{name: a, provider: google,"
        + " owner: a, policy: sync, domains: [example.com]}], vault_dns_google_service_account: "
        + account
        + "}";
  }

  @Test
  void whatAProviderOfDnsLacksAndWhatNamesAreMadeOfIsToldBeforeAnythingIsChanged() {
    String providers =
        "{name: a, provider: azure, owner: a, policy: sync, domains: [x], identity: {kind: aks,"
            + " clientId: x}}, {name: b, provider: aws, owner: b, policy: sync, domains: x,"
            + " identity: {kind: aws-irsa}}, {name: Route 53, provider: aws, owner: 'a,b', policy:"
            + " sync, domains: []}";
    refuses(
        playbook()
            .with("-e", "{external_dns_enabled: true, external_dns_providers: [" + providers + "]}")
            .with("-e", "{platform_domain: 'https://Example.com.', platform_timeout: 600}")
            .with("-e", "{elastic_urls: 'https://es-1:9200', platform_environment: eu prod}")
            .with("-e", "{agent_enabled: ture, elastic_storage: 50, preflight_skip: null}")
            .with("-e", "alerting_database=mysql"),
        "a has aks without tenantId, subscriptionId, resourceGroup; b has aws-irsa without role",
        "The domains of one of external_dns_providers are no list",
        "A name of external_dns_providers becomes part of a release's name, and can't",
        "An owner of external_dns_providers is empty or has other characters",
        "The domains of one of external_dns_providers are empty, which would give it every zone",
        "alerting_database is none of volume, cloudnative-pg and existing",
        "platform_domain is https://Example.com., which is no domain",
        "platform_timeout is 600; write a number with its unit, such as 10m",
        "elastic_urls or cert_manager_nameservers is a text and no list",
        "The environment's name, eu prod, becomes a label, and is none",
        "agent_enabled is ture: neither true nor false",
        "elastic_storage is 50: write a number with its unit, such as 50Gi");
  }

  @Test
  void aKeyWithoutAValueIsTold() {
    refuses(
        playbook().with("-e", "{verify_image: null, elastic_urls: null, elastic_nodes: ~}"),
        "elastic_nodes, elastic_urls, verify_image: set to null, which is no value");
  }

  @Test
  void anEnvironmentThatLooksLikeANumberIsALabelAllTheSame() {
    Run run = playbook().with("--tags", "namespaces", "-e", "{platform_environment: '2026'}").run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.calls())
        .filteredOn(it -> it.arguments().contains("apply"))
        .singleElement()
        .satisfies(it -> assertThat(it.given()).contains("longshore.dev/environment: \"2026\""));
  }

  @Test
  void aSecretWithALineBreakIsToldAndNotShown() {
    Run run =
        refuses(
            ofVault().with("-e", "{vault_grafana_admin_password: \"germanium\\n\"}"),
            "vault_grafana_admin_password has a line break, which would be part of it");
    assertThat(run.output()).doesNotContain("germanium");
    Run key =
        refuses(
            ofVault().with("-e", "{vault_kibana_encryption_key: tellurium}"),
            "vault_kibana_encryption_key has fewer than 32 characters");
    assertThat(key.output()).doesNotContain("tellurium");
  }

  @Test
  void aKubectlThatIsTooOldIsTold() {
    refuses(
        playbook().where("LONGSHORE_KUBECTL", "v1.20.5"),
        "kubectl 1.20 is too old: kubectl wait reads no jsonpath before 1.23");
  }

  @Test
  void aFileOfVariablesIsReadFromWhereTheCommandIsGiven() throws IOException {
    Files.writeString(folder.resolve("more.yml"), "agent_values: {podLabels: {team: shop}}\n");

    Run run =
        playbook().in(folder).with("--only", "agent", "-e", "@more.yml").withoutPreflight().run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.releases())
        .singleElement()
        .satisfies(it -> assertThat(it.given()).contains("shop"));
  }

  /// Whatever solvers cert-manager knows may be given; the vault has the keys of those that
  /// external-dns knows too.
  @Test
  void asksTheVaultForNoKeyOfASolverThatItDoesNotKnow() {
    Run run =
        playbook()
            .with("--tags", "issuers")
            .with(
                "-e",
                "{issuers_acme: [{name: acme, server: 'https://acme.example.com', solvers: [{dns01:"
                    + " {digitalocean: {tokenSecretRef: {name: d, key: k}}}}, {dns01: {webhook:"
                    + " {groupName: g, solverName: s, config: {apiKeySecretRef: {name: d, key:"
                    + " k}}}}}]}]}")
            .run();

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.releases())
        .singleElement()
        .satisfies(it -> assertThat(it.given()).contains("digitalocean", "webhook"));
  }

  private static Run refuses(Playbook playbook, String... sentences) {
    Run run = playbook.with("--tags", "preflight").run();
    assertThat(run.code()).as(run.output()).isNotZero();
    assertThat(run.output().replaceAll("\\s+", " ")).contains(List.of(sentences));
    assertThat(run.calls()).noneMatch(it -> it.arguments().contains("apply"));
    return run;
  }
}
