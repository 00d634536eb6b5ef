package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.HostNetwork;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two replicas on hosts of their own, with a real PostgreSQL, tell of everything, and of nothing
/// twice but of what was under way just then, whatever is done to the one that leads: it is killed,
/// paused, its database refuses it, or its host is cut off from the database and the other replica
/// and still reaches the receiver, while alerts are posted to both.
///
/// How often is for the system properties `longshore.replicas.kills`, `.pauses` and `.partitions`;
/// `.pace` is how many milliseconds there are between two alerts, and `.paused` for how many
/// seconds a paused replica stays so once it was replaced.
@Tag("postgres")
@Tag("root")
final class ReplicasE2E {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK = Clock.system();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Twice what is promised: other tests load the machine. What it took is printed.
  private static final Duration FAIL_OVER = Duration.ofSeconds(20);

  private static final int KILLS = Integer.getInteger("longshore.replicas.kills", 1);
  private static final int PAUSES = Integer.getInteger("longshore.replicas.pauses", 1);
  private static final int PARTITIONS = Integer.getInteger("longshore.replicas.partitions", 2);

  private static final Duration PACE =
      Duration.ofMillis(Integer.getInteger("longshore.replicas.pace", 200));
  private static final Duration PAUSED =
      Duration.ofSeconds(Integer.getInteger("longshore.replicas.paused", 0));

  /// How long a replica that ends is still asked, until everybody knows that it does.
  private static final Duration STILL_ASKED = Duration.ofMillis(1_500);

  /// A replica that waited for a leader for so long may say so, on a machine that other tests load.
  private static final Duration STARVED = Duration.ofSeconds(8);

  @TempDir Path dir;
  private PostgresServer postgres;
  private HostNetwork network;
  private HttpServer hook;
  private final List<Replica> replicas = new ArrayList<>();

  /// The `Idempotency-Key` of each request in which the receiver was told of an alert.
  private final Map<String, List<String>> told = new ConcurrentHashMap<>();

  private final Map<String, List<Long>> failOvers = new LinkedHashMap<>();
  private final Random random = new Random(7);
  private final AtomicInteger posted = new AtomicInteger();
  private int faults;

  /// One replica with its own way to the database and to the receiver, the latter on a link of its
  /// own. When its process ends by itself it is started again, as Kubernetes does.
  private final class Replica implements AutoCloseable {
    final Path home;
    final HostNetwork.Host host;
    final TcpRelay database;
    final TcpRelay receiver;
    final URI api;
    AlertingProcess process;

    Replica(String name, String url) throws IOException {
      home = Files.createDirectories(dir.resolve(name));
      host = network.add();
      int target = URI.create(url.substring("jdbc:".length())).getPort();
      database = relay(network.address(), target);
      receiver = relay(host.makersAddress(), hook.getAddress().getPort());
      int port = FreePorts.one();
      api = URI.create("http://%s:%d".formatted(host.addressAlone().getHostAddress(), port));
      Files.writeString(
          home.resolve("alertmanager.yml"),
          """
          route: {receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1m, repeat_interval: 4h}
          receivers:
            - name: hook
              webhook_configs: [{url: "%s/hook", send_resolved: false}]
          """
              .formatted(receiver.url()));
      Files.writeString(home.resolve("password"), PostgresServer.PASSWORD);
      Files.writeString(
          home.resolve("alerting.yaml"),
          """
          routing: alertmanager.yml
          state:
            postgres:
              url: "%s"
              username: %s
              passwordFile: "%s"
              advertise: "http://%s:%d"
          api: {listen: "0.0.0.0:%d"}
          """
              .formatted(
                  url.replace("127.0.0.1:" + target, database.url().getAuthority()),
                  PostgresServer.USER,
                  home.resolve("password"),
                  host.address().getHostAddress(),
                  port,
                  port));
      process = launch();
    }

    private static TcpRelay relay(InetAddress at, int port) {
      return TcpRelay.start(URI.create("http://127.0.0.1:" + port), new InetSocketAddress(at, 0));
    }

    private AlertingProcess launch() throws IOException {
      return AlertingProcess.start(
          home.resolve("alerting.yaml"), home.resolve("log"), api, host.prefix());
    }

    void startIfEnded() throws IOException {
      if (!process.isAlive()) {
        process.close();
        process = launch();
      }
    }

    /// Its role, as its status page says; empty while it doesn't answer.
    String role() {
      try {
        return JSON.readTree(process.get("/status")).path("role").asText();
      } catch (IOException e) {
        return "";
      }
    }

    @Override
    public void close() {
      process.close();
      database.close();
      receiver.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    postgres = PostgresServer.create();
    network = HostNetwork.create();
    hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    hook.createContext(
        "/hook",
        exchange -> {
          JsonNode payload = JSON.readTree(exchange.getRequestBody().readAllBytes());
          String name = payload.path("commonLabels").path("alertname").asText();
          told.computeIfAbsent(name, _ -> new CopyOnWriteArrayList<>())
              .add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    hook.start();
    String url = postgres.createDatabase("longshore");
    replicas.add(new Replica("alerting-0", url));
    replicas.add(new Replica("alerting-1", url));
    for (Replica replica : replicas) {
      replica.process.awaitReady();
    }
    awaitRoles();
  }

  @AfterEach
  void close() throws Exception {
    replicas.forEach(Replica::close);
    hook.stop(0);
    network.close();
    postgres.close();
  }

  private void awaitRoles() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              for (Replica replica : replicas) {
                replica.startIfEnded();
              }
              assertThat(replicas.stream().map(Replica::role))
                  .containsExactlyInAnyOrder("leader", "standby");
            });
  }

  private Replica leader() {
    return replicas.stream()
        .filter(it -> it.role().equals("leader"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no replica leads"));
  }

  private Replica other(Replica replica) {
    return replicas.get(1 - replicas.indexOf(replica));
  }

  /// Posts an alert as Prometheus does, which repeats one that was not taken.
  private String post(Replica to) {
    String name = "Incident" + posted.incrementAndGet();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> send(to, name).statusCode() == 200);
    return name;
  }

  private static HttpResponse<String> send(Replica to, String name) throws IOException {
    String alert = "[{\"labels\": {\"alertname\": \"" + name + "\", \"severity\": \"page\"}}]";
    return to.process.send("POST", "/api/v2/alerts", alert);
  }

  private void awaitTold(String name) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> told.containsKey(name));
  }

  /// What is done to a leader, and how it is undone.
  private interface Fault {
    void to(Replica leader) throws Exception;
  }

  /// Posts some alerts, does something to the leader, posts some more to the other, and measures
  /// how long it takes until the first of those is told of.
  private void disturb(String what, Fault fault, Fault repair) throws Exception {
    faults++;
    Replica leader = leader();
    Replica other = other(leader);
    for (int i = 0; i < 10; i++) {
      post(i % 2 == 0 ? leader : other);
      CLOCK.sleep(i < 9 ? PACE : PACE.multipliedBy(random.nextInt(100)).dividedBy(100));
    }
    long begun = CLOCK.nanoTime();
    fault.to(leader);
    awaitTold(post(other));
    long tookMillis = (CLOCK.nanoTime() - begun) / 1_000_000;
    failOvers.computeIfAbsent(what, _ -> new ArrayList<>()).add(tookMillis);
    for (int i = 0; i < 10; i++) {
      post(other);
    }
    repair.to(leader);
    awaitRoles();
    awaitTold(post(leader));
  }

  /// A leader that was replaced ends as soon as it knows.
  private static void awaitEnd(Replica replaced) throws Exception {
    assertThat(replaced.process.awaitEnd(PATIENCE)).as("exit code").isNotZero();
  }

  private static void bringBack(Replica leader) throws Exception {
    leader.database.away(false);
    awaitEnd(leader);
  }

  private static void join(Replica leader) throws Exception {
    leader.host.cut(false);
    awaitEnd(leader);
  }

  private void awaitAllTold() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(told).as("alerts that were told of").hasSize(posted.get()));
  }

  private static void print(String what, List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "replicas: %d times %s, fail-over median %d ms, at most %d ms%n",
        sorted.size(), what, sorted.get(sorted.size() / 2), sorted.getLast());
  }

  @Test
  void everythingIsToldOnceWhateverIsDoneToTheLeader() throws Exception {
    try {
      disturbAll();
      awaitAllTold();
    } finally {
      report();
    }
    assertThat(told.values())
        .as("each attempt at a message has the same key")
        .allSatisfy(keys -> assertThat(keys).doesNotContainNull().containsOnly(keys.getFirst()));
    // Another can't be asked whether it has the message that was under way.
    assertThat(doubled().size()).as("told twice").isLessThanOrEqualTo(faults);
    assertThat(failOvers.values().stream().flatMap(List::stream))
        .allSatisfy(it -> assertThat(it).isLessThanOrEqualTo(FAIL_OVER.toMillis()));
  }

  private void disturbAll() throws Exception {
    for (int i = 0; i < KILLS; i++) {
      disturb("kill", leader -> leader.process.kill(), Replica::startIfEnded);
    }
    for (int i = 0; i < PAUSES; i++) {
      disturb(
          "pause",
          leader -> leader.process.signal("STOP"),
          leader -> {
            CLOCK.sleep(PAUSED);
            leader.process.signal("CONT");
            awaitEnd(leader);
          });
    }
    for (int i = 0; i < PARTITIONS; i++) {
      if (i % 2 == 0) {
        disturb("database away", leader -> leader.database.away(true), ReplicasE2E::bringBack);
      } else {
        disturb("partition", leader -> leader.host.cut(true), ReplicasE2E::join);
      }
    }
  }

  private List<String> doubled() {
    return told.entrySet().stream()
        .filter(it -> it.getValue().size() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void report() {
    System.out.printf(
        "replicas: %d faults, %d alerts, %d told of, doubled %s, fail-over in ms %s%n",
        faults, posted.get(), told.size(), doubled(), failOvers);
    failOvers.forEach(ReplicasE2E::print);
  }

  /// Posts alerts, and wants each to be taken the first time.
  private Void postWhile(Replica to, BooleanSupplier condition) throws Exception {
    while (condition.getAsBoolean()) {
      String name = "Incident" + posted.incrementAndGet();
      long begun = CLOCK.nanoTime();
      HttpResponse<String> answer;
      try {
        answer = send(to, name);
      } catch (ConnectException e) {
        if (condition.getAsBoolean()) {
          throw e;
        }
        // On a machine that other tests load, it ended between the look at the clock and this.
        answer = send(other(to), name);
      }
      if (answer.statusCode() == 503 && CLOCK.nanoTime() - begun > STARVED.toNanos()) {
        answer = send(to, name);
      }
      assertThat(answer.statusCode())
          .as(
              "%s to %s, after %d ms: %s",
              name, to.home.getFileName(), (CLOCK.nanoTime() - begun) / 1_000_000, answer.body())
          .isEqualTo(200);
      CLOCK.sleep(PACE);
    }
    return null;
  }

  /// Ends a replica in order and starts it again, while alerts are posted to both.
  private void upgrade(Replica ending) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    long begun = CLOCK.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> stays = threads.submit(() -> postWhile(other(ending), () -> !ended.get()));
      Future<?> ends =
          threads.submit(
              () -> postWhile(ending, () -> CLOCK.nanoTime() - begun < STILL_ASKED.toNanos()));
      assertThat(ending.process.terminate()).isZero();
      ended.set(true);
      stays.get();
      ends.get();
    }
    System.out.printf(
        "replicas: one ended in order within %d ms%n", (CLOCK.nanoTime() - begun) / 1_000_000);
    ending.startIfEnded();
    ending.process.awaitReady();
    awaitRoles();
  }

  @Test
  void aRollingUpgradeRefusesNothingAndTellsNothingTwice() throws Exception {
    Replica leader = leader();
    upgrade(other(leader));
    assertThat(leader.role()).isEqualTo("leader");
    upgrade(leader);
    assertThat(leader.role()).isEqualTo("standby");
    awaitAllTold();
    assertThat(told.values()).allSatisfy(keys -> assertThat(keys).hasSize(1));
  }
}
