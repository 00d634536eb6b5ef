package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The members that documents begin with are nested as the Elastic Common Schema has them, and an
/// unknown pod's say that it is unknown.
class FieldsJsonTest {

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void aKnownContainerHasAllThatIsKnown() throws IOException {
    PodRecord pod = PodReaderTest.pod(PodReaderTest.CHECKOUT);
    NamespaceRecord namespace =
        new NamespaceRecord("shop", "{\"team\":\"payments\"}".getBytes(StandardCharsets.UTF_8), 2);

    byte[] fields =
        FieldsJson.of(
            pod,
            namespace,
            "checkout",
            new PodRecord.Container("checkout", "4f2b", "shop/checkout:1.4"),
            "worker-3",
            "eu-1");

    assertThat(text(fields))
        .isEqualTo(
            """
            "kubernetes":{"namespace":"shop",\
            "pod":{"name":"checkout-7d9f8b6c5-x2x4z","uid":"0d9b4ef1-5c6a-4a83-8d3e-6f0f1f0a2b3c"},\
            "container":{"name":"checkout"},"node":{"name":"worker-3"},\
            "deployment":{"name":"checkout"},\
            "labels":{"app":"shop","app.kubernetes.io/name":"checkout","pod-template-hash":"7d9f8b6c5"},\
            "annotations":{"example.com/owner":"shop","longshore.dev/multiline":"java"},\
            "namespace_labels":{"team":"payments"},"metadata_truncated":2},\
            "container":{"id":"4f2b","image":{"name":"shop/checkout:1.4"}},\
            "service":{"name":"checkout"},\
            "orchestrator":{"cluster":{"name":"eu-1"},"type":"kubernetes"}""");
  }

  @Test
  void anUnknownPodShipsWithItsPathAndSaysWhy() {
    byte[] fields =
        FieldsJson.fromPath(
            new ContainerRef("shop", "checkout-7d9f", "uid-1", "checkout"),
            "worker-3",
            null,
            "the API server has not \"answered\"");

    assertThat(text(fields))
        .isEqualTo(
            """
            "kubernetes":{"namespace":"shop","pod":{"name":"checkout-7d9f","uid":"uid-1"},\
            "container":{"name":"checkout"},"node":{"name":"worker-3"},\
            "metadata_missing":"the API server has not \\"answered\\""},\
            "service":{"name":"checkout"},"orchestrator":{"type":"kubernetes"}""");
  }

  @Test
  void aFileElsewhereHasNoEmptyFields() {
    byte[] fields =
        FieldsJson.fromPath(new ContainerRef("", "nginx", "", "access"), "worker-3", "eu-1", null);

    assertThat(text(fields))
        .isEqualTo(
            """
            "kubernetes":{"pod":{"name":"nginx"},"container":{"name":"access"},\
            "node":{"name":"worker-3"}},"service":{"name":"access"},\
            "orchestrator":{"cluster":{"name":"eu-1"},"type":"kubernetes"}""");
  }
}
