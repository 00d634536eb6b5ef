package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.enrich.KubernetesConfig;
import dev.longshore.agent.enrich.PodPolicy;
import dev.longshore.agent.enrich.PolicyConfig;
import dev.longshore.agent.enrich.Refusal;
import dev.longshore.agent.enrich.UnknownPodPolicy;
import dev.longshore.agent.event.Account;
import dev.longshore.agent.frame.FrameConfig;
import dev.longshore.agent.pipeline.MemoryElastic.Indexed;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pod's records carry its metadata and follow its annotations, and no API server that is away
/// stops them.
class PodRulesTest {
  private static final String[] FOUR = {"c1", "c2", "c3", "c4"};

  @TempDir Path folder;
  private PodServer server;
  private PipelineFixture fixture;

  @BeforeEach
  void build() throws IOException {
    server = new PodServer();
    fixture = new PipelineFixture(folder);
    Path kubeconfig = folder.resolve("kubeconfig");
    server.writeKubeconfig(kubeconfig);
    follow(kubeconfig, Duration.ofSeconds(10));
  }

  private void follow(Path kubeconfig, Duration metadataWait) {
    fixture.kubernetes =
        new KubernetesConfig(
            true,
            kubeconfig,
            metadataWait,
            UnknownPodPolicy.SHIP,
            DataSize.ofKiB(16),
            List.of(),
            true);
  }

  @AfterEach
  void close() {
    fixture.close();
    server.close();
  }

  private String create(
      String name, Map<String, String> labels, Map<String, String> annotations, String... names) {
    return PodsFixture.create(server, name, labels, annotations, names);
  }

  @Test
  void onlyTheStreamsThatAreNotExcludedAreShippedAndTheRestIsCountedOnce() throws IOException {
    String uid =
        create(
            "checkout-7d9f",
            Map.of(),
            Map.of(
                "fluentbit.io/exclude", "true",
                "fluentbit.io/exclude_stderr-c2", "false",
                "fluentbit.io/exclude_stdout-c3", "false",
                "fluentbit.io/exclude-c4", "false"),
            FOUR);
    for (String container : FOUR) {
      fixture.log("checkout-7d9f", uid, container).out(container + " out").err(container + " err");
    }
    fixture.start().expect("c2 err", "c3 out", "c4 out", "c4 err");
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 4);
    assertThat(fixture.sum(Account::read)).isEqualTo(8);
    fixture.kill();
    fixture.start();
    fixture.allRead();
    fixture.expect("c2 err", "c3 out", "c4 out", "c4 err");
    assertThat(fixture.sum(Account::filtered)).isZero();
    assertThat(fixture.sum(Account::read)).isZero();
  }

  @Test
  void aCutLineOfAnExcludedPodIsCountedOnceOverARotationAndARestart() throws IOException {
    fixture.frame = FrameConfig.defaults();
    String uid = create("quiet-1", Map.of(), Map.of("longshore.dev/exclude", "true"), "app");
    PodLog log = fixture.log("quiet-1", uid, "app").part("stdout", "cut ");
    fixture.start();
    fixture.allRead();
    log.rotate(".20261123-060000");
    log.line("stdout", "F", "in two").out("whole");
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 2);
    fixture.kill();
    log.out("more");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 1);
    fixture.allRead();
    fixture.expect();
    assertThat(fixture.sum(Account::filtered)).isEqualTo(1);
  }

  @Test
  void annotationsThatMeanNothingLeaveTheLogsAlone() throws IOException {
    String uid =
        create(
            "checkout-7d9f",
            Map.of(),
            Map.of(
                "fluentbit.io/exclude_", "true",
                "fluentbit.io/exclude_invalid", "true",
                "fluentbit.io/exclude_stdout-", "true",
                "fluentbit.io/exclude-", "true",
                "fluentbit.io/exclude+", "true",
                "fluentbit.io/parser", "no-such-parser"),
            "app");
    String invalid = "{\"text\":\"Simple text\"]";
    String escaped = "{\"text\":\"a \\\"quoted\\\" word\"}";
    fixture.log("checkout-7d9f", uid, "app").out("kept").err("kept too").out(invalid).out(escaped);
    fixture.start().expect("kept", "kept too", invalid, escaped);
    Indexed json =
        fixture.elastic.documents().stream()
            .filter(it -> it.message().equals(escaped))
            .findFirst()
            .orElseThrow();
    assertThat(json.at("/json/text").asText()).isEqualTo("a \"quoted\" word");
  }

  @Test
  void theMostSpecificParserOfAContainerWins() throws IOException {
    String uid =
        create(
            "checkout-7d9f",
            Map.of(),
            Map.of("fluentbit.io/parser", "none", "fluentbit.io/parser-c1", "java"),
            "c1",
            "c2");
    String head = "java.lang.IllegalStateException: x";
    String frame = "\tat shop.Cart.pay(Cart.java:7)";
    fixture.log("checkout-7d9f", uid, "c1").out(head).out(frame);
    fixture.log("checkout-7d9f", uid, "c2").out(head).out(frame);
    fixture.start().expect(head + "\n" + frame, head, frame);
  }

  @Test
  void labelsWhoseNamesAreEachOthersPrefixGoTogether() throws IOException {
    String uid =
        create(
            "checkout-7d9f",
            Map.of("app", "a", "app.kubernetes.io/name", "checkout"),
            Map.of(),
            "app");
    fixture.log("checkout-7d9f", uid, "app").out("paid");
    fixture.start().expect("paid");
    var labels = fixture.elastic.documents().getFirst().at("/kubernetes/labels");
    assertThat(labels.path("app").asText()).isEqualTo("a");
    assertThat(labels.path("app.kubernetes.io/name").asText()).isEqualTo("checkout");
  }

  @Test
  void aPodWithFiveThousandLabelsIsShippedWithThoseThatFit() throws IOException {
    Map<String, String> labels = new TreeMap<>();
    IntStream.range(0, 5_000).forEach(i -> labels.put("label-" + i, "value-" + i));
    String uid = create("checkout-7d9f", labels, Map.of(), "app");
    fixture.log("checkout-7d9f", uid, "app").out("paid");
    fixture.start().expect("paid");
    Indexed document = fixture.elastic.documents().getFirst();
    assertThat(document.source().toString().length()).isLessThan(20 << 10);
    assertThat(document.at("/kubernetes/metadata_truncated").isMissingNode()).isFalse();
  }

  @Test
  void everyRecordOfADeletedPodHasItsLabels() throws IOException {
    String uid = create("job-1", Map.of("app", "job"), Map.of(), "app");
    PodLog log = fixture.log("job-1", uid, "app").out("first");
    fixture.start().expect("first");
    server.delete("shop", "job-1");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append(log.cri("stdout", "F", i + " " + "x".repeat(200)));
    }
    log.raw(text.toString());
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == 20_001);
    assertThat(fixture.elastic.documents())
        .allMatch(it -> it.at("/kubernetes/labels/app").asText().equals("job"));
  }

  @Test
  void withoutAnApiServerAPodShipsWithItsPathAfterAWhileAndSaysSo() throws IOException {
    Path kubeconfig = folder.resolve("nobody");
    Files.writeString(
        kubeconfig,
        Files.readString(folder.resolve("kubeconfig"))
            .replaceFirst("http[^\"]*", "http://127.0.0.1:" + FreePorts.one()));
    follow(kubeconfig, Duration.ofSeconds(2));
    fixture.log("checkout-7d9f", "app").out("paid");
    Instant started = fixture.clock.now();
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().stream()
                .anyMatch(it -> it.paused() == PauseReason.METADATA));
    fixture.expect("paid");
    assertThat(Duration.between(started, fixture.clock.now()))
        .isGreaterThan(Duration.ofMillis(1_900));
    Indexed document = fixture.elastic.documents().getFirst();
    assertThat(document.at("/kubernetes/pod/name").asText()).isEqualTo("checkout-7d9f");
    assertThat(document.at("/kubernetes/metadata_missing").asText()).contains("API server");
  }

  @Test
  void theLogsOfARestartedContainerWaitOnceForWhatDoesNotCome() throws IOException {
    server.close();
    PodLog first = fixture.log("checkout-7d9f", "app").out("before the crash");
    Path next = first.live.resolveSibling("1.log");
    Path last = first.live.resolveSibling("2.log");
    fixture.logAt(next).stampedFrom(first.lastStamp().plusSeconds(1)).out("after it");
    fixture.logAt(last).stampedFrom(first.lastStamp().plusSeconds(2)).out("and again");
    Instant started = fixture.clock.now();

    fixture.start().expect("before the crash", "after it", "and again");

    assertThat(Duration.between(started, fixture.clock.now()))
        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
    server = new PodServer();
  }

  @Test
  void whileTheApiServerIsAwayKnownPodsFlowAndAreKnownAfterARestart() throws IOException {
    String uid = create("checkout-7d9f", Map.of("app", "checkout"), Map.of(), "app");
    PodLog known = fixture.log("checkout-7d9f", uid, "app").out("before");
    fixture.start().expect("before");
    server.close();
    known.out("while away");
    fixture.log("new-1", "99999999", "app").out("of a new pod");
    fixture.expect("before", "while away", "of a new pod");
    fixture.stop();
    known.out("after the restart");
    fixture.start().expect("before", "while away", "of a new pod", "after the restart");
    assertThat(fixture.elastic.of("checkout-7d9f"))
        .hasSize(3)
        .allMatch(it -> it.at("/kubernetes/labels/app").asText().equals("checkout"));
    assertThat(fixture.elastic.of("new-1").getFirst().at("/kubernetes/metadata_missing").asText())
        .isNotEmpty();
    server = new PodServer();
  }

  @Test
  void aPodThatLimitsItselfIsDelayedAndLosesNothing() throws IOException {
    String uid =
        create("noisy-1", Map.of(), Map.of("longshore.dev/max-bytes-per-second", "512KiB"), "app");
    PodLog log = fixture.log("noisy-1", uid, "app");
    List<String> expected = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_500; i++) {
      String message = i + " " + "x".repeat(1_000);
      expected.add(message);
      text.append(log.cri("stdout", "F", message));
    }
    log.raw(text.toString());
    Instant started = fixture.clock.now();
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () ->
            fixture.pipeline().files().stream()
                .anyMatch(it -> it.paused() == PauseReason.OVER_LIMIT));
    fixture.log("other-1", "app").out("not delayed");
    expected.add("not delayed");
    fixture.expect(expected);
    // 1.5 MB at 512 KiB a second, of which a share of 256 KiB is lent.
    assertThat(Duration.between(started, fixture.clock.now())).isGreaterThan(Duration.ofSeconds(2));
  }

  @Test
  void theBeginOfARecordIsKeptWhenItsFileIsDeletedBeforeTheRestMayBeRead() throws IOException {
    String uid =
        create("slow-1", Map.of(), Map.of("longshore.dev/max-bytes-per-second", "1KiB"), "app");
    PodLog log = fixture.log("slow-1", uid, "app");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expected.add(i + " " + "x".repeat(1_000));
      log.out(expected.getLast());
    }
    log.part("stdout", "begun ");
    Path rotated = log.rotate(".20261123-060000");
    log.line("stdout", "F", "and ended").out("after");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.elastic.count() == expected.size());
    Files.delete(rotated);
    fixture.until(PipelineFixture.SOON, () -> fixture.pipeline().files().size() == 1);
    fixture.kill();
    expected.addAll(List.of("begun ", "and ended", "after"));
    fixture.start().expect(expected);
  }

  @Test
  void whatAPodWantsDroppedAboveItsLimitIsDroppedAndCounted() throws IOException {
    String uid =
        create(
            "noisy-1",
            Map.of(),
            Map.of(
                "longshore.dev/max-bytes-per-second.app", "64KiB",
                "longshore.dev/over-limit.app", "drop"),
            "app");
    PodLog log = fixture.log("noisy-1", uid, "app");
    StringBuilder text = new StringBuilder();
    long[] lineBytes = new long[1_060];
    // A second of 1 MiB, and then a minute of a line each second.
    for (int i = 0; i < 1_060; i++) {
      String line =
          "2026-11-23T06:%02d:%02d.%09dZ stdout F %s %d\n"
              .formatted(
                  i < 1_000 ? 0 : 1,
                  i < 1_000 ? 0 : i - 1_000,
                  i < 1_000 ? i * 1_000 : 0,
                  i < 1_000 ? "x".repeat(1_000) : "of the quiet minute",
                  i);
      text.append(line);
      lineBytes[i] = line.length();
    }
    log.raw(text.toString());
    fixture.start();
    fixture.until(
        PipelineFixture.SOON,
        () -> fixture.elastic.messages().contains("of the quiet minute 1059"));
    fixture.quiet();
    List<String> messages = fixture.elastic.messages();
    assertThat(messages.stream().filter(it -> it.startsWith("x"))).hasSizeBetween(60, 70);
    assertThat(messages.stream().filter(it -> it.startsWith("of"))).hasSize(60);
    long dropped = 1_060L - messages.size();
    assertThat(fixture.sum(Account::filtered)).isEqualTo(dropped);
    assertThat(fixture.sum(Account::overLimit)).isEqualTo(dropped);
    long keptBytes =
        messages.stream()
            .mapToLong(it -> lineBytes[Integer.parseInt(it.substring(it.lastIndexOf(' ') + 1))])
            .sum();
    assertThat(fixture.sum(Account::overLimitBytes) + keptBytes)
        .isEqualTo(LongStream.of(lineBytes).sum());
    fixture.assertLedger();
    fixture.kill();
    fixture.start();
    fixture.allRead();
    fixture.quiet();
    assertThat(fixture.sum(Account::read)).as("read again").isZero();
  }

  @Test
  void aPodThatNeverWroteAboveItsLimitLosesNothingHoweverLateItIsRead() throws IOException {
    String uid =
        create(
            "steady-1",
            Map.of(),
            Map.of(
                "longshore.dev/max-bytes-per-second", "64KiB", "longshore.dev/over-limit", "drop"),
            "app");
    PodLog log = fixture.log("steady-1", uid, "app");
    List<String> expected = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_400; i++) {
      // A minute of 40 lines a second.
      String message = "x".repeat(1_000) + " " + i;
      expected.add(message);
      text.append(
          "2026-11-23T06:00:%02d.%09dZ stdout F %s\n"
              .formatted(i / 40, i % 40 * 25_000_000, message));
    }
    log.raw(text.toString());
    fixture.start().expect(expected);
    assertThat(fixture.sum(Account::overLimit)).isZero();
  }

  @Test
  void eachStreamIsJoinedByItsOwnParser() throws IOException {
    String uid =
        create(
            "checkout-7d9f",
            Map.of(),
            Map.of(
                "fluentbit.io/parser_stdout-app", "none",
                "fluentbit.io/parser_stderr-app", "java"),
            "app");
    String exception = "java.lang.IllegalStateException: empty cart";
    String frame = "\tat shop.Cart.pay(Cart.java:7)";
    fixture.log("checkout-7d9f", uid, "app").out(exception).out(frame).err(exception).err(frame);
    fixture.start().expect(exception, frame, exception + "\n" + frame);
  }

  @Test
  void aRefusedDocumentIsADeadLetterAndItsNeighboursAreNot() throws IOException {
    String uid = create("checkout-7d9f", Map.of(), Map.of(), "app");
    fixture.elastic.refuse(document -> document.contains("poison"));
    fixture.log("checkout-7d9f", uid, "app").out("before").out("poison").out("after");
    fixture.start();
    fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::deadLettered) == 1);
    fixture.quiet();
    assertThat(
            fixture.elastic.documents().stream()
                .filter(it -> !it.dataStream().contains("dead_letter"))
                .map(Indexed::message))
        .containsExactlyInAnyOrder("before", "after");
    fixture.assertLedger();
  }

  @Test
  void aDatasetThatThePolicyDoesNotPermitGoesToTheConfiguredStreamAndSaysSo() throws IOException {
    fixture.policy =
        new PolicyConfig(
            new PodPolicy(List.of("*"), List.of(), List.of("web"), true, true), 50, List.of());
    Map<String, String> system = Map.of("longshore.dev/dataset", "system.auth");
    fixture.log("evil-1", create("evil-1", Map.of(), system, "app"), "app").out("pretends");
    Map<String, String> web = Map.of("longshore.dev/dataset", "web");
    fixture.log("web-1", create("web-1", Map.of(), web, "app"), "app").out("permitted");

    fixture.start().expect("pretends", "permitted");

    assertThat(fixture.elastic.of("evil-1"))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.dataStream()).isEqualTo("logs-kubernetes.container_logs-default");
              assertThat(it.at("/log/flags").toString()).contains("dataset_refused");
            });
    assertThat(fixture.elastic.of("web-1"))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.dataStream()).isEqualTo("logs-web-default");
              assertThat(it.at("/log/flags").toString()).doesNotContain("dataset_refused");
            });
    assertThat(fixture.pipeline().files())
        .anySatisfy(
            file ->
                assertThat(file.rules().refusals())
                    .extracting(Refusal::reason)
                    .containsExactly(Refusal.Reason.DATASET));
  }

  @Test
  void anExcludeHoldsHoweverLateTheApiServerAnswers() throws IOException {
    // The API server is asked again in the machine's time.
    fixture = PipelineFixture.withThreads(folder);
    try (TcpRelay relay = TcpRelay.start(server.url())) {
      relay.away(true);
      Path kubeconfig = folder.resolve("late");
      PodServer.writeKubeconfig(kubeconfig, relay.url());
      fixture.kubernetes =
          new KubernetesConfig(
              true,
              kubeconfig,
              Duration.ZERO,
              UnknownPodPolicy.WAIT,
              DataSize.ofKiB(16),
              List.of(),
              true);
      Map<String, String> excluded = Map.of("longshore.dev/exclude", "true");
      String uid = create("secret-1", Map.of(), excluded, "app");
      fixture.log("secret-1", uid, "app").out("password");
      fixture.start();
      fixture.until(
          PipelineFixture.SOON,
          () ->
              fixture.pipeline().files().stream()
                  .anyMatch(it -> it.paused() == PauseReason.METADATA));

      relay.away(false);

      fixture.until(PipelineFixture.SOON, () -> fixture.sum(Account::filtered) == 1);
      fixture.expect();
    }
  }
}
