package dev.longshore.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real Elasticsearch with one node, reachable from this machine only.
///
/// Taken from the first of these that is there: the server that the environment variable
/// `LONGSHORE_TEST_ELASTICSEARCH` names (never secured, never stopped, its data left alone); a
/// container of Elastic's public image where a Docker engine answers and has or gets it; the
/// distribution that Elastic publishes on Maven Central for integration tests, which Maven fetches
/// at the first use.
public final class ElasticsearchServer implements AutoCloseable {
  /// Version of the image and of the distribution.
  public static final String VERSION = "8.19.21";

  /// Environment variable with the URL of a server to use instead.
  public static final String URL_VARIABLE = "LONGSHORE_TEST_ELASTICSEARCH";

  private static final Logger LOG = LoggerFactory.getLogger(ElasticsearchServer.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  /// Who waits is told so this often.
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  /// A killed server recovers its shards first, beside a test that goes on meanwhile.
  private static final Duration REVIVE_LIMIT = Duration.ofMinutes(10);

  /// Its certificate is valid for so long before and after: tests with clocks of their own check
  /// it.
  private static final int CERTIFIED_DAYS = 3650;

  private static final String USERNAME = "elastic";
  private static final String PASSWORD = "dock-side-42";

  private final ServerProcess process;
  private final @Nullable Certificates certificates;

  private ElasticsearchServer(ServerProcess process, @Nullable Certificates certificates) {
    this.process = process;
    this.certificates = certificates;
  }

  /// What the server process can do.
  interface ServerProcess extends AutoCloseable {
    /// Its HTTP port on this machine, as a URL.
    URI url();

    boolean alive();

    /// The end of its log, for an error message.
    String logTail();

    /// Ends it as `kill -9` does; its data stay.
    void crash();

    /// Starts it again on its data. It may get another port.
    void revive();

    @Override
    void close();
  }

  /// The server that all tests of this JVM share, without security. It is started by the first who
  /// asks and stops with the JVM; who uses it takes data stream names of their own.
  public static ElasticsearchServer shared() {
    return Plain.SERVER;
  }

  /// Like [#shared], with TLS by an own authority, a password, and the users of [ElasticRoles].
  public static ElasticsearchServer secured() {
    return Secured.SERVER;
  }

  /// Starts a server of one's own, without security.
  ///
  /// @param progress told what is being done, a line at a time
  /// @throws IllegalStateException when none can be started; the message says why and what to do
  public static ElasticsearchServer start(Consumer<String> progress) {
    String url = System.getenv(URL_VARIABLE);
    if (url != null && !url.isBlank()) {
      progress.accept("using the Elasticsearch at " + url + " (" + URL_VARIABLE + ")");
      return ready(new GivenServer(URI.create(url)), null, progress);
    }
    return launch(null, progress);
  }

  /// Starts a server of one's own with TLS and a password.
  ///
  /// @param progress told what is being done, a line at a time
  /// @throws IllegalStateException when none can be started; the message says why and what to do
  public static ElasticsearchServer startSecured(Consumer<String> progress) {
    progress.accept("making a certificate authority");
    return launch(
        Certificates.create("CN=Longshore test authority", -CERTIFIED_DAYS, 2 * CERTIFIED_DAYS),
        progress);
  }

  private static ElasticsearchServer launch(
      @Nullable Certificates certificates, Consumer<String> progress) {
    String password = certificates == null ? null : PASSWORD;
    return ready(process(certificates, password, progress), certificates, progress);
  }

  private static ServerProcess process(
      @Nullable Certificates certificates, @Nullable String password, Consumer<String> progress) {
    if (ContainerServer.engineAnswers()) {
      try {
        return ContainerServer.start(VERSION, certificates, password, progress);
      } catch (IllegalStateException e) {
        progress.accept("a Docker engine answers, but " + e.getMessage());
      }
    } else {
      progress.accept("no Docker engine answers");
    }
    return DistributionServer.start(
        Distribution.fetched(VERSION, progress), certificates, password, progress);
  }

  private static ElasticsearchServer ready(
      ServerProcess process, @Nullable Certificates certificates, Consumer<String> progress) {
    ElasticsearchServer server = new ElasticsearchServer(process, certificates);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "elasticsearch-stop"));
    Clock clock = Clock.system();
    long start = clock.nanoTime();
    try {
      server.awaitHealth(START_LIMIT, progress);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - start);
    progress.accept("Elasticsearch answers at " + server.url() + " after " + seconds + " s");
    return server;
  }

  private void awaitHealth(Duration limit, Consumer<String> progress) {
    Clock clock = Clock.system();
    long start = clock.nanoTime();
    long said = start;
    String last = "no answer yet";
    try (Elastic elastic = new Elastic(config(), clock)) {
      while (clock.nanoTime() - start < limit.toNanos()) {
        if (!process.alive()) {
          throw new IllegalStateException(
              "Elasticsearch stopped while it was starting; its log ends with:\n"
                  + process.logTail());
        }
        try {
          Elastic.Response health =
              elastic.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s", null);
          if (health.ok()) {
            return;
          }
          last = "HTTP " + health.status();
        } catch (IOException e) {
          last = String.valueOf(e.getMessage());
        }
        if (clock.nanoTime() - said >= PROGRESS.toNanos()) {
          said = clock.nanoTime();
          long seconds = TimeUnit.NANOSECONDS.toSeconds(said - start);
          progress.accept("Elasticsearch is starting, " + seconds + " s so far");
        }
        clock.sleep(Duration.ofMillis(250));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Elasticsearch was starting", e);
    }
    throw new IllegalStateException(
        "Elasticsearch at "
            + url()
            + " was not healthy within "
            + limit.toSeconds()
            + "s ("
            + last
            + "); its log ends with:\n"
            + process.logTail());
  }

  public URI url() {
    return process.url();
  }

  /// How to connect to it, with all that it asks for.
  public ElasticConfig config() {
    boolean secure = certificates != null;
    return new ElasticConfig(
        List.of(url()),
        secure ? USERNAME : null,
        secure ? PASSWORD : null,
        null,
        caFile(),
        false,
        ElasticConfig.DEFAULT_REQUEST_TIMEOUT);
  }

  /// How to connect to a secured server as a user who has these roles of [ElasticRoles] and no
  /// other.
  public ElasticConfig configOf(String... roles) {
    return config(ElasticRoles.user(roles));
  }

  /// How to connect to a secured server as one of the users of [ElasticRoles].
  public ElasticConfig config(String user) {
    return new ElasticConfig(
        List.of(url()),
        user,
        ElasticRoles.PASSWORD,
        null,
        caFile(),
        false,
        ElasticConfig.DEFAULT_REQUEST_TIMEOUT);
  }

  /// An API key of a secured server.
  ///
  /// @param id what it is invalidated by
  /// @param encoded what a request carries
  public record ApiKey(String id, String encoded) {}

  /// Makes an API key with these roles of [ElasticRoles] and no other.
  public ApiKey createApiKey(String... roles) {
    JsonNode reply =
        securityRequest(
            "POST",
            "{\"name\":\"%s\",\"role_descriptors\":%s}"
                .formatted(String.join("+", roles), ElasticRoles.descriptors(roles)));
    return new ApiKey(reply.path("id").asText(), reply.path("encoded").asText());
  }

  /// How to connect to a secured server with the API key that a file holds.
  public ElasticConfig configOfKey(Path file) {
    return new ElasticConfig(
        List.of(url()),
        null,
        null,
        null,
        null,
        file,
        caFile(),
        null,
        null,
        false,
        ElasticConfig.DEFAULT_REQUEST_TIMEOUT);
  }

  /// From now on the server refuses the key.
  public void invalidate(ApiKey key) {
    securityRequest("DELETE", "{\"ids\":[\"" + key.id() + "\"]}");
  }

  private JsonNode securityRequest(String method, String body) {
    try (Elastic elastic = new Elastic(config(), Clock.system())) {
      Elastic.Response reply =
          elastic.request(method, "/_security/api_key", body.getBytes(StandardCharsets.UTF_8));
      if (!reply.ok()) {
        throw reply.refused(method + " /_security/api_key");
      }
      return JSON.readTree(reply.body());
    } catch (IOException e) {
      throw new UncheckedIOException("the API key was refused", e);
    }
  }

  /// The authority behind its certificate, as PEM; null when it has no TLS.
  public @Nullable Path caFile() {
    return certificates == null ? null : certificates.caFile();
  }

  /// Ends it as `kill -9` does; its data stay.
  ///
  /// @throws IllegalStateException when it was not started by us
  public void crash() {
    process.crash();
  }

  /// Starts it again on its data after [#crash], and waits until it answers. Its [#url] may have
  /// changed.
  public void revive() {
    process.revive();
    awaitHealth(REVIVE_LIMIT, LOG::info);
  }

  /// Stops it and removes what it stored. Idempotent.
  @Override
  public void close() {
    process.close();
  }

  /// The shared servers; each starts when it is asked for first.
  private static final class Plain {
    static final ElasticsearchServer SERVER = start(ElasticsearchServer::say);

    private Plain() {}
  }

  private static final class Secured {
    static final ElasticsearchServer SERVER = startSecured(ElasticsearchServer::say);

    private Secured() {}
  }

  private static void say(String line) {
    LOG.atInfo().addKeyValue("step", line).log("Elasticsearch for tests");
  }

  /// A server that was there before.
  private record GivenServer(URI url) implements ServerProcess {
    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public String logTail() {
      return "(the server that " + URL_VARIABLE + " names keeps its log)";
    }

    @Override
    public void crash() {
      throw new IllegalStateException("the server that " + URL_VARIABLE + " names is not ours");
    }

    @Override
    public void revive() {
      throw new IllegalStateException("the server that " + URL_VARIABLE + " names is not ours");
    }

    @Override
    public void close() {}
  }
}
