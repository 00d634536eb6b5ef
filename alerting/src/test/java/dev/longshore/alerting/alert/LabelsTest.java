package dev.longshore.alerting.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Labels identify alerts as Prometheus and Alertmanager do.
final class LabelsTest {

  @Test
  void anEmptyValueIsNoLabel() {
    assertThat(Labels.of("alertname", "PodDown", "team", ""))
        .isEqualTo(Labels.of(Map.of("alertname", "PodDown")));
    assertThat(Labels.of("alertname", "PodDown").get("team")).isEmpty();
  }

  @Test
  void theFingerprintIsIndependentOfTheOrderGiven() {
    assertThat(Labels.of("a", "1", "b", "2").fingerprint())
        .isEqualTo(Labels.of("b", "2", "a", "1").fingerprint());
    assertThat(Labels.of("a", "1b", "c", "2").fingerprint())
        .isNotEqualTo(Labels.of("a", "1", "bc", "2").fingerprint());
  }

  @Test
  void theFingerprintOfNoLabelsIsTheOffsetOfFnv() {
    assertThat(Labels.EMPTY.fingerprint()).hasToString("cbf29ce484222325");
  }

  @Test
  void aFingerprintReadsBack() {
    Fingerprint fingerprint = Labels.of("alertname", "PodDown").fingerprint();
    assertThat(Fingerprint.parse(fingerprint.toString())).isEqualTo(fingerprint);
  }

  @Test
  void commonLabelsHaveTheSameValueInBoth() {
    assertThat(
            Labels.of("alertname", "PodDown", "pod", "checkout-7d9f", "team", "shop")
                .common(Labels.of("alertname", "PodDown", "pod", "cart-5c4b")))
        .isEqualTo(Labels.of("alertname", "PodDown"));
  }

  @Test
  void writesThemAsPrometheusDoes() {
    assertThat(Labels.of("severity", "pa\"ge\n", "alertname", "PodDown"))
        .hasToString("{alertname=\"PodDown\", severity=\"pa\\\"ge\\n\"}");
  }

  @Test
  void sortsByNamesAndValues() {
    Labels first = Labels.of("alertname", "A");
    Labels second = Labels.of("alertname", "A", "pod", "x");
    Labels third = Labels.of("alertname", "B");
    assertThat(List.of(third, second, first).stream().sorted())
        .containsExactly(first, second, third);
  }
}
