package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.testkit.Certificates;
import dev.longshore.testkit.ElasticRoles;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ElasticsearchServer.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent ships on when a secret is replaced while it runs: what was wrong in between costs time
/// and no record. Its user has the roles that users get.
final class SecretRotationIT {
  private static final ElasticsearchServer SERVER = ElasticsearchServer.secured();
  private static final String[] ROLES = {"longshore_writer", "longshore_repair"};

  private final String logs =
      "logs-kubernetes.rotation-it" + UUID.randomUUID().toString().substring(0, 8);

  @TempDir Path folder;

  @AfterEach
  void clean() throws Exception {
    try (Elastic elastic = new Elastic(SERVER.config(), Clock.system())) {
      elastic.request("DELETE", "/_data_stream/" + logs, null);
    }
  }

  private ElasticConfig config(Path passwordFile, @Nullable Path caFile) {
    ElasticConfig server = SERVER.configOf(ROLES);
    return new ElasticConfig(
        server.urls(),
        server.username(),
        null,
        passwordFile,
        null,
        null,
        caFile,
        null,
        null,
        true,
        server.requestTimeout());
  }

  private void replace(Path file, String text) throws IOException {
    Path other = Files.writeString(folder.resolve("new"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aPasswordIsReplacedWhileTheAgentRuns() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), ElasticRoles.PASSWORD);
    try (ElasticFixture fixture =
        new ElasticFixture(config(file, SERVER.caFile()), folder.resolve("letters"))) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("one").block(logs));
      fixture.awaitAllAcknowledged();

      replace(file, "not-the-password");
      fixture.add(new ContainerLog(2).line("two").block(logs));
      assertThat(fixture.awaitPaused(logs)).contains("401");

      replace(file, ElasticRoles.PASSWORD + "\n");
      fixture.awaitAllAcknowledged();
      assertThat(fixture.account().indexed()).isEqualTo(2);
      assertThat(fixture.account().deadLettered()).isZero();
    }
  }

  /// The old key is refused first, as when somebody revokes one that leaked.
  @Test
  void anApiKeyIsReplacedWhileTheAgentRuns() throws Exception {
    ApiKey old = SERVER.createApiKey(ROLES);
    Path file = Files.writeString(folder.resolve("key"), old.encoded());
    try (ElasticFixture fixture =
        new ElasticFixture(SERVER.configOfKey(file), folder.resolve("letters"))) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("one").block(logs));
      fixture.awaitAllAcknowledged();

      SERVER.invalidate(old);
      fixture.add(new ContainerLog(2).line("two").block(logs));
      assertThat(fixture.awaitPaused(logs)).contains("401");

      replace(file, SERVER.createApiKey(ROLES).encoded() + "\n");
      fixture.awaitAllAcknowledged();
      assertThat(fixture.account().indexed()).isEqualTo(2);
      assertThat(fixture.account().deadLettered()).isZero();
    }
  }

  /// An open connection is used for some seconds more, so it begins with the wrong one.
  @Test
  void anAuthorityIsReplacedWhileTheAgentRuns() throws Exception {
    Path file =
        Files.copy(Certificates.create("CN=Another", 0, 2).caFile(), folder.resolve("ca.crt"));
    Path password = Files.writeString(folder.resolve("password"), ElasticRoles.PASSWORD);
    try (ElasticFixture fixture =
        new ElasticFixture(config(password, file), folder.resolve("letters"))) {
      fixture.start();
      fixture.add(new ContainerLog(1).line("one").block(logs));
      assertThat(fixture.awaitPaused(logs)).contains("not signed by a trusted authority");

      replace(file, Files.readString(Objects.requireNonNull(SERVER.caFile())));
      fixture.awaitAllAcknowledged();
      assertThat(fixture.account().indexed()).isEqualTo(1);
    }
  }
}
