package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several replicas of alerting share a database that the playbook makes by CloudNativePG, or one
/// that is there; what can't work is told before anything is changed.
@Tag("ansible")
@Tag("schemas")
final class PlatformDatabaseIT {
  private static final String WAIT =
      "kubectl --namespace alerting wait --for=condition=Ready --timeout=10m"
          + " cluster.postgresql.cnpg.io/alerting-db";

  @TempDir Path records;

  private Run run(String choices, String... more) throws IOException {
    Path file = Files.writeString(records.resolve("choices.yml"), choices);
    return new Playbook(records, "production")
        .withoutValues()
        .with("--extra-vars", "@" + file)
        .with(more)
        .run();
  }

  /// What an installation of the parts that the database concerns makes.
  private PlatformObjects installed(Run run) {
    assertThat(run.code()).as(run.output()).isZero();
    return PlatformObjects.of(run, records);
  }

  private static JsonNode body(PlatformObjects platform, String kind, String name) {
    return platform.find(kind, "alerting", name).orElseThrow().body();
  }

  private static String configuration(PlatformObjects platform) {
    return body(platform, "ConfigMap", "longshore-alerting").at("/data/alerting.yaml").asText();
  }

  @Test
  void cloudNativePgMakesADatabaseBeforeTheReplicasThatUseIt() throws Exception {
    Run run =
        run(
            "{alerting_replicas: 2, alerting_database: cloudnative-pg, cloudnative_pg_values: {replicaCount: 2}}",
            "--tags",
            "namespaces,secrets,cloudnative_pg,alerting");
    PlatformObjects platform = installed(run);

    assertThat(run.calls().stream().map(Call::toString).toList())
        .containsSubsequence(
            "kubectl apply --dry-run=server -f -",
            WAIT,
            release(run, "longshore-alerting").toString());
    Call operator = release(run, "cnpg");
    assertThat(operator.option("--repo")).isEqualTo("https://cloudnative-pg.github.io/charts");
    assertThat(operator.option("--version"))
        .isEqualTo(Lock.components().at("/cloudnative_pg/version").asText());
    assertThat(operator.option("--namespace")).isEqualTo("cnpg-system");
    assertThat(platform.find("Namespace", "", "cnpg-system").orElseThrow().body().toString())
        .contains("\"pod-security.kubernetes.io/enforce\":\"restricted\"");
    JsonNode values = YamlDocuments.parse(operator.given()).getFirst();
    assertThat(values.at("/replicaCount").asInt()).isEqualTo(2);
    assertThat(values.at("/crds/create").asBoolean()).isTrue();

    JsonNode database = body(platform, "Cluster", "alerting-db").path("spec");
    assertThat(database.path("instances").asInt()).isEqualTo(3);
    assertThat(database.at("/postgresql/synchronous/dataDurability").asText())
        .isEqualTo("required");
    assertThat(database.at("/bootstrap/initdb/database").asText()).isEqualTo("longshore");
    JsonNode set = body(platform, "StatefulSet", "longshore-alerting").path("spec");
    assertThat(set.path("replicas").asInt()).isEqualTo(2);
    assertThat(set.has("volumeClaimTemplates")).isFalse();
    assertThat(set.at("/template/spec/volumes").findValuesAsText("secretName"))
        .contains("alerting-db-app", "alerting-db-ca");
    assertThat(configuration(platform))
        .contains(
            "postgresql://alerting-db-rw.alerting:5432/longshore?sslmode=verify-full"
                + "&sslrootcert=/etc/longshore/database/ca.crt");
    assertThat(body(platform, "NetworkPolicy", "alerting-db").at("/spec/ingress/0").toString())
        .contains("\"longshore-alerting\"", "5432");
    assertThat(PlatformWiringIT.misfits(platform.without("Cluster", "alerting-db"))).isEmpty();
  }

  private static Call release(Run run, String name) {
    return run.releases().stream()
        .filter(it -> it.release().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no release " + name));
  }

  @Test
  void aDatabaseThatIsThereIsUsedWithTheVaultsUser() throws Exception {
    String url = "postgresql://db.example.com:5432/longshore?sslmode=require";
    Run run =
        run(
            "{alerting_replicas: 2, alerting_database: existing, alerting_postgres_url: '"
                + url
                + "'}",
            "--tags",
            "namespaces,secrets,cloudnative_pg,alerting");
    PlatformObjects platform = installed(run);

    assertThat(configuration(platform)).contains(url);
    assertThat(body(platform, "Secret", "longshore-alerting-postgres").path("data").fieldNames())
        .toIterable()
        .containsExactly("username", "password");
    assertThat(platform.ofKind("Cluster")).isEmpty();
    assertThat(run.releases()).noneMatch(it -> it.release().equals("cnpg"));
    assertThat(platform.find("Namespace", "", "cnpg-system")).isEmpty();
    assertThat(PlatformWiringIT.misfits(platform)).isEmpty();
  }

  @Test
  void severalReplicasWithoutADatabaseAreToldBeforeAnythingIsChanged() throws Exception {
    Run run = run("{alerting_replicas: 2}", "--tags", "preflight");

    assertThat(run.code()).as(run.output()).isNotZero();
    assertThat(run.output().replaceAll("\\s+", " ")).contains("several need");
    assertThat(run.releases()).isEmpty();
  }
}
