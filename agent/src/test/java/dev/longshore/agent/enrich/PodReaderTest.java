package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Of a pod's JSON exactly what is shipped is kept, whatever else an API server puts beside it.
class PodReaderTest {
  static final String CHECKOUT =
      """
      {"kind":"Pod","apiVersion":"v1","metadata":{"name":"checkout-7d9f8b6c5-x2x4z",
       "generateName":"checkout-7d9f8b6c5-","namespace":"shop",
       "uid":"0d9b4ef1-5c6a-4a83-8d3e-6f0f1f0a2b3c","resourceVersion":"4711",
       "creationTimestamp":"2026-11-23T06:00:02Z",
       "labels":{"app":"shop","app.kubernetes.io/name":"checkout","pod-template-hash":"7d9f8b6c5"},
       "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"a\\":1}",
        "longshore.dev/multiline":"java","example.com/owner":"shop","prometheus.io/scrape":"true"},
       "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet",
        "name":"checkout-7d9f8b6c5","uid":"u","controller":true,"blockOwnerDeletion":true}],
       "managedFields":[{"manager":"kubelet","fieldsV1":{"f:metadata":{"f:labels":{".":{}}}}}]},
       "spec":{"volumes":[{"name":"v","projected":{"sources":[{"a":[1,2,{"b":null}]}]}}],
        "initContainers":[{"name":"migrate","image":"shop/migrate:3"}],
        "containers":[{"name":"checkout","image":"shop/checkout:1.4","env":[{"name":"A","value":"B"}],
          "resources":{"limits":{"cpu":"1"}}},{"name":"sidecar","image":"envoy:1.36"}],
        "nodeName":"worker-3","tolerations":[{"key":"k","operator":"Exists"}]},
       "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
        "containerStatuses":[{"name":"checkout","state":{"running":{"startedAt":"2026-11-23T06:00:03Z"}},
          "lastState":{"terminated":{"containerID":"containerd://old"}},
          "restartCount":1,"image":"docker.io/shop/checkout:1.4",
          "containerID":"containerd://4f2b","started":true}],
        "initContainerStatuses":[{"name":"migrate","containerID":"cri-o://77aa"}]}}
      """;

  static final PodReader READER =
      new PodReader("worker-3", 12 << 10, KubernetesConfig.DEFAULT_EXCLUDE_ANNOTATIONS);

  static PodRecord pod(String json) throws IOException {
    return Objects.requireNonNull(item(json).value());
  }

  private static ObjectReader.Item<PodRecord> item(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      return READER.read(parser);
    }
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void keepsWhatIsShipped() throws IOException {
    PodRecord pod = pod(CHECKOUT);

    assertThat(pod.namespace()).isEqualTo("shop");
    assertThat(pod.name()).isEqualTo("checkout-7d9f8b6c5-x2x4z");
    assertThat(pod.uid()).isEqualTo("0d9b4ef1-5c6a-4a83-8d3e-6f0f1f0a2b3c");
    assertThat(pod.owners()).isEqualTo(Map.of("deployment", "checkout"));
    assertThat(pod.service()).isEqualTo("checkout");
    assertThat(text(pod.labelsJson()))
        .isEqualTo(
            "{\"app\":\"shop\",\"app.kubernetes.io/name\":\"checkout\","
                + "\"pod-template-hash\":\"7d9f8b6c5\"}");
    assertThat(text(pod.annotationsJson()))
        .isEqualTo("{\"example.com/owner\":\"shop\",\"longshore.dev/multiline\":\"java\"}");
    assertThat(pod.control()).isEqualTo(Map.of("longshore.dev/multiline", "java"));
    assertThat(pod.truncated()).isZero();
    assertThat(pod.configHash()).isEmpty();
  }

  @Test
  void aContainersIdIsTheRunningOnesWithoutTheRuntimesName() throws IOException {
    assertThat(pod(CHECKOUT).containers())
        .containsExactlyInAnyOrder(
            new PodRecord.Container("migrate", "77aa", "shop/migrate:3"),
            new PodRecord.Container("checkout", "4f2b", "shop/checkout:1.4"),
            new PodRecord.Container("sidecar", "", "envoy:1.36"));
  }

  @Test
  void statesWhereAWatchGoesOn() throws IOException {
    assertThat(item(CHECKOUT).resourceVersion()).isEqualTo("4711");
  }

  @Test
  void aBookmarkIsNoPodAndStillSaysWhereAWatchGoesOn() throws IOException {
    ObjectReader.Item<PodRecord> bookmark =
        item(
            """
            {"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"4800",
             "creationTimestamp":null},"spec":{"containers":null},"status":{}}
            """);

    assertThat(bookmark.value()).isNull();
    assertThat(bookmark.resourceVersion()).isEqualTo("4800");
  }

  @Test
  void aPodOfAnotherNodeIsNotTaken() throws IOException {
    assertThat(item(CHECKOUT.replace("worker-3", "worker-4")).value()).isNull();
  }

  @Test
  void aHugePodIsBoundedAndSaysSo() throws IOException {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      labels.append("\"team.example/label-%d\":\"value-%d\",".formatted(i, i));
    }
    String huge =
        CHECKOUT
            .replace("\"labels\":{", "\"labels\":{" + labels)
            .replace(
                "\"annotations\":{",
                "\"annotations\":{\"config\":\"" + "x".repeat(250_000) + "\",");

    PodRecord pod = pod(huge);

    assertThat(pod.labelsJson().length + pod.annotationsJson().length).isLessThan(12 << 10);
    assertThat(pod.truncated()).isGreaterThan(4_000);
    assertThat(pod.service()).isEqualTo("checkout");
    assertThat(pod.owners()).isEqualTo(Map.of("deployment", "checkout"));
  }

  @Test
  void aStaticPodHasTheHashThatIsInItsPath() throws IOException {
    PodRecord pod =
        pod(
            """
            {"metadata":{"name":"kube-apiserver-cp-1","namespace":"kube-system","uid":"mirror-uid",
             "annotations":{"kubernetes.io/config.hash":"a1b2c3","kubernetes.io/config.mirror":"a1b2c3",
              "kubernetes.io/config.source":"file"},
             "ownerReferences":[{"kind":"Node","name":"cp-1","controller":true}]},
             "spec":{"nodeName":"worker-3"}}
            """);

    assertThat(pod.configHash()).isEqualTo("a1b2c3");
    assertThat(pod.owners()).isEmpty();
  }

  @Test
  void fieldsOfUnexpectedKindsAreReadAsAbsent() throws IOException {
    PodRecord pod =
        pod(
            """
            {"metadata":{"name":"odd","uid":"u-1","namespace":"shop","labels":["a"],
             "annotations":7,"ownerReferences":{"kind":"Job"}},
             "spec":{"containers":{"name":"x"}},"status":"later"}
            """);

    assertThat(pod.labelsJson()).isEmpty();
    assertThat(pod.containers()).isEqualTo(List.of());
  }

  @Test
  void anEndInTheMiddleIsAnError() {
    String torn = CHECKOUT.substring(0, CHECKOUT.length() / 2);

    assertThatThrownBy(() -> item(torn)).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoPodIsNoAnswerToTheQuestionForOne() {
    for (String other : List.of("{}", "{\"message\":\"maintenance\"}", "{\"metadata\":{}}", "[]")) {
      assertThatThrownBy(
              () -> READER.read(new ByteArrayInputStream(other.getBytes(StandardCharsets.UTF_8))))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void controlAnnotationsAreBoundedAndCounted() throws IOException {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      many.append("\"longshore.dev/numbers.c%d\":\"%s\",".formatted(i, "n".repeat(100)));
    }

    PodRecord pod = pod(CHECKOUT.replace("\"annotations\":{", "\"annotations\":{" + many));

    assertThat(pod.control().size()).isBetween(50, 80);
    assertThat(pod.truncated()).isGreaterThan(200);
  }
}
