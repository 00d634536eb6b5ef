package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.oncall.EscalationPolicy;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an on-call file can't mean is refused, all of it at once, each with its line and what would
/// be accepted.
final class OnCallFileTest {
  private static final Set<String> RECEIVERS = Set.of("shop-page", "alice-phone", "bob-phone");

  private static final String PEOPLE =
      """
      people:
        - {name: alice, receivers: [alice-phone], slack: U0ALICE}
        - {name: bob, receivers: [bob-phone]}
      """;

  @TempDir Path dir;

  @Test
  void aFileIsReadWithItsDefaults() throws Exception {
    OnCall onCall =
        read(
            PEOPLE
                + """
                rotations:
                  - name: shop
                    timezone: Europe/Berlin
                    layers:
                      - {people: [alice, bob], start: 2026-11-23, handover: monday 09:00}
                    overrides:
                      - {person: bob, from: 2026-11-24, to: 2026-11-25T12:00:00Z}
                escalations:
                  - name: shop
                    receivers: [shop-page]
                    steps:
                      - {rotations: [shop]}
                      - {after: 5m, next: [shop]}
                """);
    Rotation rotation = onCall.rotations().getFirst();
    assertThat(rotation.at(Instant.parse("2026-11-23T08:00:00Z"))).isEqualTo("alice");
    assertThat(rotation.at(Instant.parse("2026-11-23T22:59:59Z"))).isEqualTo("alice");
    assertThat(rotation.at(Instant.parse("2026-11-23T23:00:00Z"))).isEqualTo("bob");
    assertThat(rotation.at(Instant.parse("2026-11-25T12:00:00Z"))).isEqualTo("alice");
    assertThat(rotation.at(Instant.parse("2026-11-30T08:00:00Z"))).isEqualTo("bob");
    EscalationPolicy policy = Objects.requireNonNull(onCall.policyOf("shop-page"));
    assertThat(policy.repeats()).isZero();
    assertThat(policy.wait(0, 1)).isEqualTo(Duration.ofMinutes(5));
    assertThat(onCall.policyOf("alice-phone")).isNull();
    assertThat(Objects.requireNonNull(onCall.bySlack("U0ALICE")).name()).isEqualTo("alice");
    assertThat(onCall.told(policy.steps().getLast(), Instant.parse("2026-11-26T08:00:00Z")))
        .extracting(OnCall.Told::targets)
        .asString()
        .contains("bob-phone", "bob, on call next in shop");
  }

  @Test
  void whatIsNowhereIsSaidWithItsLineAndWhatThereIs() {
    assertThatThrownBy(
            () ->
                read(
                    PEOPLE
                        + """
                          - {name: bob, receivers: [bobs-phone]}
                          - {name: carol}
                        rotations:
                          - name: shop
                            layers:
                              - people: [alice, dave]
                                start: 2026-11-23
                            overrides:
                              - {person: erin, from: 2026-11-24, to: 2026-11-25}
                        escalations:
                          - name: shop
                            receivers: [shop-pages]
                            steps:
                              - {rotations: [web], people: [frank]}
                        """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("oncall.yml:4: people[2].name: the person 'bob' is there already")
        .hasMessageContaining("there is no receiver 'bobs-phone'; known: alice-phone, bob-phone")
        .hasMessageContaining("oncall.yml:5: people[3].receivers: is missing")
        .hasMessageContaining(
            "oncall.yml:9: rotations[0].layers[0].people: there is no person 'dave'")
        .hasMessageContaining("oncall.yml:12: rotations[0].overrides[0].person")
        .hasMessageContaining("there is no receiver 'shop-pages'")
        .hasMessageContaining("there is no rotation 'web'; known: shop")
        .hasMessageContaining("there is no person 'frank'; known: alice, bob, carol");
  }

  @Test
  void timesThatAreNoneAreSaidWithWhatWouldBeAccepted() {
    assertThatThrownBy(
            () ->
                read(
                    PEOPLE
                        + """
                        rotations:
                          - name: shop
                            timezone: Berlin
                            layers:
                              - {people: [alice], start: 2026-11-24, handover: monday 09:00}
                              - {people: [bob], start: 2026-11-24, handover: 9 o'clock}
                              - {people: [bob], start: 2026-11-24, every: 1d, handover: monday 09:00}
                              - {people: [bob], start: 2026-11-24, every: 90m}
                              - {people: [bob], hours: ["9-17"]}
                            overrides:
                              - {person: bob, from: 2026-11-25, to: 2026-11-24}
                              - {person: bob, from: tomorrow, to: 2026-11-24}
                        """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'Berlin' is no time zone; write an IANA name")
        .hasMessageContaining("2026-11-24 is a tuesday, and the hand-over is on monday")
        .hasMessageContaining("rotations[0].layers[1].handover")
        .hasMessageContaining("monday 09:00")
        .hasMessageContaining("names a weekday, and turns are not of whole weeks")
        .hasMessageContaining("is not a number of hours")
        .hasMessageContaining("'9' is not a time of the day")
        .hasMessageContaining("rotations[0].layers[4].start: is missing")
        .hasMessageContaining("is not after from")
        .hasMessageContaining("'tomorrow' is not a time");
  }

  @Test
  void whatCouldNeverMatchOrWouldNotEndIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    PEOPLE
                        + """
                          - {name: carol, receivers: [bob-phone], slack: U0ALICE}
                          - {name: dave, receivers: [bob-phone], slack: "@dave"}
                        rotations:
                          - name: shop
                            layers:
                              - {people: [bob], start: 2026-11-24, every: 600w}
                              - {people: [bob], start: 2026-11-24, hours: ["09:00-09:00"]}
                              - {people: [bob], start: "0026-11-24"}
                        """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("another person has 'U0ALICE' already")
        .hasMessageContaining("'@dave' is no id; write one such as U012AB3CD")
        .hasMessageContaining("is longer than a year")
        .hasMessageContaining("'09:00-09:00' ends when it begins")
        .hasMessageContaining("is in no year from 1970 to 9999");
  }

  @Test
  void anEscalationThatTellsNobodyIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    PEOPLE
                        + """
                        escalations:
                          - {name: shop, receivers: [shop-page], steps: [{after: 5m}]}
                          - {name: web, receivers: [shop-page]}
                          - {name: web, steps: [{people: [bob]}]}
                        """))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the step tells nobody; write rotations, next, people or receivers")
        .hasMessageContaining("the groups of 'shop-page' are escalated already")
        .hasMessageContaining("escalations[1].steps: is missing")
        .hasMessageContaining("the escalation 'web' is there already")
        .hasMessageContaining("escalations[2].receivers: is missing");
  }

  private OnCall read(String text) throws IOException {
    return OnCallFile.load(Files.writeString(dir.resolve("oncall.yml"), text), RECEIVERS);
  }
}
