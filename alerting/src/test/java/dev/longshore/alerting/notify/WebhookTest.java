package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.alerting.receiver.webhook.WebhookSettings;
import dev.longshore.testkit.Certificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A webhook gets Alertmanager's payload, each exactly when Alertmanager would send it, and none is
/// lost while it does not take them.
final class WebhookTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> payloads = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();
  private final Deque<Integer> answers = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int neverEnding = 200;
  private volatile boolean away;
  private HttpServer server;
  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new NotifyBench(dir);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/hook",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean poison = new String(body, StandardCharsets.UTF_8).contains("poison");
          int answer = away ? 503 : answers.isEmpty() ? poison ? 400 : 200 : answers.poll();
          if (answer == 429) {
            exchange.getResponseHeaders().set("Retry-After", "7");
          }
          if (answer / 100 == 2) {
            payloads.add(JSON.readTree(body));
            authorizations.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          }
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.createContext(
        "/never-ends",
        exchange -> {
          payloads.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(neverEnding, 10);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.createContext(
        "/hangs",
        exchange -> {
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    ended.countDown();
    bench.close();
    server.stop(0);
  }

  private WebhookSettings settings(String path, int maxAlerts) {
    return new WebhookSettings(
        true,
        SecretSource.given("http://127.0.0.1:" + server.getAddress().getPort() + path),
        HttpSettings.as(new HttpSettings.Authorization("Bearer", SecretSource.given("secret"))),
        maxAlerts,
        !path.equals("/hook") ? Duration.ofMillis(300) : Duration.ofSeconds(10),
        null);
  }

  @Test
  void sendsThePayloadOfItsOwnAndWhyATemplateOfItFails() throws Exception {
    WebhookSettings standard = settings("/hook", 0);
    TemplateTree payload =
        new TemplateTree(
            "payload",
            new ObjectMapper()
                .readTree(
                    """
                    {"text": "{{ .Status }} {{ .CommonLabels.alertname }}",
                     "fields": [{"count": "{{ len .Alerts }}", "fixed": 3}],
                     "broken": "{{ .NoSuchThing }}"}"""));
    bench.receivers(
        new Receiver(
            "team.checkout",
            List.of(
                new WebhookSettings(
                    true, standard.url(), standard.http(), 0, standard.timeout(), payload))));
    bench.flush(bench.group("team.checkout", bench.alert("checkout-1")));

    assertThat(payloads.getFirst().path("text").asText()).isEqualTo("firing PodDown");
    assertThat(payloads.getFirst().path("fields").toString())
        .isEqualTo("[{\"count\":1,\"fixed\":3}]");
    assertThat(payloads.getFirst().path("broken").asText())
        .startsWith("The template of payload/broken fails: ");
  }

  @Test
  void sendsAlertmanagersPayload() throws Exception {
    bench.receivers(new Receiver("team.checkout", List.of(settings("/hook", 0))));
    Alert first = bench.alert("checkout-1");
    Alert second = bench.alert("checkout-2");
    bench.flush(bench.group("team.checkout", first, bench.ended(second)));

    assertThat(payloads).hasSize(1);
    JsonNode payload = payloads.getFirst();
    assertThat(payload.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "receiver",
            "status",
            "alerts",
            "notification_reason",
            "groupLabels",
            "commonLabels",
            "commonAnnotations",
            "externalURL",
            "version",
            "groupKey",
            "truncatedAlerts");
    assertThat(payload.path("receiver").asText()).isEqualTo("team\\.checkout");
    assertThat(payload.path("notification_reason").asText()).isEqualTo("first notification");
    assertThat(payload.path("version").asText()).isEqualTo("4");
    assertThat(payload.path("status").asText()).isEqualTo("firing");
    assertThat(payload.path("groupKey").asText()).isEqualTo("{}:{alertname=\"PodDown\"}");
    assertThat(payload.path("commonLabels").path("namespace").asText()).isEqualTo("checkout");
    JsonNode firing = payload.path("alerts").path(0);
    assertThat(firing.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint");
    assertThat(firing.path("startsAt").asText()).isEqualTo("2026-11-23T06:00:00Z");
    assertThat(firing.path("endsAt").asText()).isEqualTo("0001-01-01T00:00:00Z");
    assertThat(firing.path("fingerprint").asText()).isEqualTo(first.fingerprint().toString());
    assertThat(payload.path("alerts").path(1).path("status").asText()).isEqualTo("resolved");
    assertThat(authorizations).containsExactly("Bearer secret");
  }

  @Test
  void sendsAtMostMaxAlertsAndSaysHowManyItLeftOut() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 1))));
    bench.flush(bench.group("team", bench.alert("a"), bench.alert("b"), bench.alert("c")));
    assertThat(payloads.getFirst().path("alerts")).hasSize(1);
    assertThat(payloads.getFirst().path("truncatedAlerts").asInt()).isEqualTo(2);
  }

  @Test
  void isToldWhatFiresAndOfItsEndOnceEachWhateverItAnswersBetween() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    answers.addAll(List.of(503, 429, 500));
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.group("team", alert));
    assertThat(payloads).isEmpty();
    bench.pass(Duration.ofMinutes(1));
    assertThat(payloads).hasSize(1);
    bench.flush(bench.group("team", alert));
    bench.flush(bench.group("team", bench.ended(alert)));
    bench.flush(bench.group("team", bench.ended(alert)));
    assertThat(payloads).hasSize(2);
    assertThat(payloads.getLast().path("status").asText()).isEqualTo("resolved");
  }

  @Test
  void aWebhookThatNeverAnswersIsBoundedAndRaisesAnAlert() throws Exception {
    bench.receivers(
        new Receiver("hanging", List.of(settings("/hangs", 0))),
        new Receiver("team", List.of(settings("/hook", 0))));
    bench.flush(bench.group("hanging", bench.alert("checkout-1")));
    bench.flush(bench.group("team", bench.alert("checkout-1")));
    assertThat(payloads).hasSize(1);
    bench.pass(Duration.ofMinutes(3));
    assertThat(bench.raised.getLast().labels().asMap())
        .containsEntry("alertname", "LongshoreNotificationsFailing")
        .containsEntry("receiver", "hanging");
    assertThat(bench.notifier.waiting()).isEqualTo(1);
  }

  private void flush(String group, Alert... alerts) {
    bench.flush(bench.group(group, "team", Suppression.NONE, alerts));
  }

  private List<String> told() {
    return payloads.stream()
        .map(
            it ->
                it.path("status").asText()
                    + " "
                    + it.path("alerts").path(0).path("labels").path("pod").asText())
        .toList();
  }

  @Test
  void onePayloadThatIsRefusedStepsAsideWithAnAlertAndHoldsUpNoOther() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    flush("{}:{pod=\"poison\"}", bench.alert("poison"));
    for (int i = 0; i < 5; i++) {
      flush("{}:{pod=\"" + i + "\"}", bench.alert("checkout-" + i));
    }
    bench.pass(Duration.ofSeconds(1));

    assertThat(told())
        .as("at once, and not when it is looked whether the receiver is well again")
        .containsExactly(
            "firing checkout-0",
            "firing checkout-1",
            "firing checkout-2",
            "firing checkout-3",
            "firing checkout-4");
    assertThat(bench.raised.getLast().endsAt()).as("it stands").isNull();
    assertThat(bench.raised.getLast().annotations().get("summary")).contains("HTTP 400");
    assertThat(bench.notifier.waiting()).isEqualTo(1);
  }

  @Test
  void whoComesBackAfterALongOutageIsToldWithinLittleMoreThanAMinute() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    away = true;
    flush("{}:{pod=\"checkout-1\"}", bench.alert("checkout-1"));
    bench.pass(Duration.ofHours(2));
    away = false;
    bench.pass(Duration.ofSeconds(72));
    assertThat(told()).containsExactly("firing checkout-1");
  }

  @Test
  void whatWasTakenIsNotToldAgainThoughTheAlertAboutItsReceiverCannotEnd() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    answers.add(404);
    flush("{}:{pod=\"checkout-1\"}", bench.alert("checkout-1"));
    assertThat(bench.raised).isNotEmpty();
    bench.raisingFails = true;
    assertThatThrownBy(() -> bench.pass(Duration.ofMinutes(10))).isInstanceOf(AssertionError.class);
    assertThat(bench.takeFailures())
        .singleElement()
        .matches(it -> "it can't be raised".equals(it.getMessage()));
    assertThat(told()).containsExactly("firing checkout-1");

    bench.raisingFails = false;
    bench.pass(Duration.ofMinutes(10));
    bench.restart();
    bench.pass(Duration.ofMinutes(10));
    assertThat(told()).containsExactly("firing checkout-1");
  }

  @Test
  void groupsAreToldBesideEachOtherAndThoseAboutOneGroupInOrder(@TempDir Path dir)
      throws Exception {
    List<Runnable> sending = new ArrayList<>();
    try (NotifyBench slow = new NotifyBench(dir, sending::add)) {
      slow.receivers(new Receiver("team", List.of(settings("/hook", 0))));
      for (int i = 0; i < 20; i++) {
        slow.flush(
            slow.group("{}:{pod=\"" + i + "\"}", "team", Suppression.NONE, slow.alert("p-" + i)));
      }
      slow.flush(
          slow.group("{}:{pod=\"0\"}", "team", Suppression.NONE, slow.ended(slow.alert("p-0"))));
      assertThat(sending).as("under way at a time").hasSize(8);
      while (!sending.isEmpty()) {
        List<Runnable> now = List.copyOf(sending);
        sending.clear();
        now.forEach(Runnable::run);
        slow.run();
        assertThat(sending.size()).isLessThanOrEqualTo(8);
      }
    }
    assertThat(told()).hasSize(21).doesNotHaveDuplicates();
    assertThat(told().indexOf("firing p-0")).isLessThan(told().indexOf("resolved p-0"));
  }

  @Test
  void aWebhookThatRefusesUsForOneGroupIsTriedWithTheNext() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    answers.addAll(List.of(404));
    flush("{}:{pod=\"a\"}", bench.alert("checkout-a"));
    flush("{}:{pod=\"b\"}", bench.alert("checkout-b"));
    bench.pass(Duration.ofMinutes(2));
    assertThat(told()).containsExactly("firing checkout-b", "firing checkout-a");
  }

  @Test
  void anAnswerThatNeverEndsIsCutAndWhatWasTakenIsNotToldAgain() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/never-ends", 0))));
    flush("{}:{pod=\"a\"}", bench.alert("checkout-a"));
    flush("{}:{pod=\"b\"}", bench.alert("checkout-b"));
    bench.pass(Duration.ofSeconds(10));
    assertThat(told()).containsExactly("firing checkout-a", "firing checkout-b");
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void anAnswerThatNeverEndsWithAFailureIsTriedAgain() throws Exception {
    neverEnding = 503;
    bench.receivers(new Receiver("team", List.of(settings("/never-ends", 0))));
    flush("{}:{pod=\"a\"}", bench.alert("checkout-a"));
    bench.pass(Duration.ofSeconds(3));
    assertThat(payloads.size()).isGreaterThan(1);
    assertThat(bench.notifier.waiting()).isEqualTo(1);
  }

  @Test
  void whatEndedBeforeItCouldBeToldIsNotToldAtAll() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    answers.addAll(Collections.nCopies(8, 503));
    Alert alert = bench.alert("checkout-1");
    flush("{}:{}", alert);
    bench.pass(Duration.ofSeconds(50));
    flush("{}:{}", bench.ended(alert));
    bench.pass(Duration.ofMinutes(10));
    assertThat(told()).isEmpty();
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void theLastWordAfterAnOutageIsTheTruthAndIsSaidOnce() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    Alert alert = bench.alert("checkout-1");
    flush("{}:{}", alert);
    answers.addAll(Collections.nCopies(7, 503));
    flush("{}:{}", alert, bench.alert("checkout-2"));
    bench.pass(Duration.ofMinutes(1));
    flush("{}:{}", bench.ended(alert), bench.ended(bench.alert("checkout-2")));
    bench.pass(Duration.ofMinutes(10));
    assertThat(told()).containsExactly("firing checkout-1", "resolved checkout-1");
  }

  @Test
  void aRepetitionCountsFromTheDeliveryAndIsNotQueuedMeanwhile() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    away = true;
    Alert alert = bench.alert("checkout-1");
    flush("{}:{}", alert);
    bench.pass(Duration.ofHours(4).plusMinutes(1));
    flush("{}:{}", alert);
    assertThat(bench.notifier.waiting()).isEqualTo(1);
    away = false;
    bench.pass(Duration.ofMinutes(6));
    assertThat(told()).hasSize(1);
    bench.pass(Duration.ofHours(3));
    flush("{}:{}", alert);
    assertThat(told()).as("repeat_interval is 4h from the delivery").hasSize(1);
    bench.pass(Duration.ofHours(1));
    flush("{}:{}", alert);
    assertThat(told()).hasSize(2);
  }

  @Test
  void whatWaitsForADayIsGivenUpAndAGroupThatStillFiresIsToldAnew() throws Exception {
    bench.receivers(new Receiver("team", List.of(settings("/hook", 0))));
    away = true;
    Alert alert = bench.alert("checkout-1");
    flush("{}:{}", alert);
    bench.clock.advance(Entry.KEPT);
    bench.run();
    assertThat(bench.notifier.waiting()).isZero();
    away = false;
    flush("{}:{}", alert);
    bench.pass(Duration.ofSeconds(1));
    assertThat(told()).containsExactly("firing checkout-1");
  }

  @Test
  void aUrlThatIsNoneIsNotRepeatedInTheAlertAboutIt() throws Exception {
    WebhookSettings broken =
        new WebhookSettings(
            true,
            SecretSource.given("hooks.example/T0SECRET"),
            HttpSettings.NONE,
            0,
            Duration.ofSeconds(10),
            null);
    bench.receivers(new Receiver("team", List.of(broken)));
    flush("{}:{}", bench.alert("checkout-1"));
    assertThat(bench.raised).isNotEmpty();
    assertThat(bench.raised.getFirst().annotations().toString()).doesNotContain("T0SECRET");
  }

  @Test
  void aNameAndPasswordInTheUrlAreSent() throws Exception {
    String url = "http://ada:secret@127.0.0.1:" + server.getAddress().getPort() + "/hook";
    bench.receivers(
        new Receiver(
            "team",
            List.of(
                new WebhookSettings(
                    true,
                    SecretSource.given(url),
                    HttpSettings.NONE,
                    0,
                    Duration.ofSeconds(10),
                    null))));
    flush("{}:{}", bench.alert("checkout-1"));
    assertThat(authorizations).containsExactly("Basic YWRhOnNlY3JldA==");
  }

  @Test
  void aBrokenCertificateIsAnAlertUntilItIsRepairedAndNoReasonNotToStart(@TempDir Path files)
      throws Exception {
    Path ca = Files.writeString(files.resolve("ca.pem"), "no certificate");
    HttpSettings http =
        new HttpSettings(
            null,
            null,
            null,
            HttpSettings.Proxy.NONE,
            Map.of(),
            HttpSettings.Tls.ofFiles(ca, null, null));
    bench.receivers(
        new Receiver(
            "team",
            List.of(
                new WebhookSettings(
                    true, settings("/hook", 0).url(), http, 0, Duration.ofSeconds(10), null))));
    flush("{}:{}", bench.alert("checkout-1"));
    assertThat(bench.raised.getFirst().annotations().toString()).contains("tls_config", "ca_file");

    Files.writeString(ca, Files.readString(Certificates.create().caFile()));
    bench.pass(Duration.ofMinutes(1));
    assertThat(told()).containsExactly("firing checkout-1");
  }
}
