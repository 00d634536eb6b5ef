package dev.longshore.shared.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever reaches us by a name that is ours or nobody's in public DNS is answered; a name that an
/// attacker can have is not.
final class KnownHostsTest {
  private static final KnownHosts.Machine POD =
      new KnownHosts.Machine(
          "longshore-alerting-0",
          "nameserver 10.96.0.10\nsearch dev.svc.k8s.corp svc.k8s.corp k8s.corp\n");

  private final KnownHosts hosts =
      new KnownHosts(
          List.of("pager.example.com", "*.apps.example.com"),
          List.of(URI.create("https://alerts.example.com/am")),
          POD);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3:9093",
        "127.0.0.1",
        "[fd00::1]:9093",
        "localhost:9093",
        "longshore-alerting:9093",
        "longshore-alerting.dev:9093",
        "longshore-alerting.dev.svc",
        "longshore-alerting.dev.svc.cluster.local.",
        "longshore-alerting-0.longshore-alerting.dev.svc.k8s.corp:9093",
        "alerts.example.com",
        "ALERTS.example.com:443",
        "pager.example.com",
        "a.apps.example.com"
      })
  void knowsAddressesServicesAndWhatIsConfigured(String host) {
    assertThat(hosts.has(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.dev",
        "x.alerts.example.com",
        "apps.example.com",
        "1.2.3.4.nip.io",
        "evil.svc.example",
        "localhost, evil.example",
        "localhost:80@evil.example",
        "localhost/evil.example",
        "evil.example:80:localhost",
        "127.0.0.1.evil.example",
        "0x7f.1",
        "[::1].evil.example",
        "local host",
        ".",
        ""
      })
  void knowsNoOther(String host) {
    assertThat(hosts.has(host)).isFalse();
  }

  @Test
  void anOriginIsOursOrThatOfTheServerThatIsAsked() {
    assertThat(hosts.hasOrigin("http://10.1.2.3:9093", "10.1.2.3:9093")).isTrue();
    assertThat(hosts.hasOrigin("https://alerts.example.com", "10.1.2.3:9093")).isTrue();
    assertThat(hosts.hasOrigin("https://pager.example.com:8443", "10.1.2.3:9093")).isTrue();
    assertThat(hosts.hasOrigin("http://localhost:3000", "localhost:9093")).isFalse();
    assertThat(hosts.hasOrigin("https://alerts.example.com:8443", "10.1.2.3:9093")).isFalse();
    assertThat(hosts.hasOrigin("https://evil.example", "evil.example")).isFalse();
    assertThat(hosts.hasOrigin("null", "10.1.2.3:9093")).isFalse();
  }

  @Test
  void anyNameIsKnownWhereThatIsConfigured() {
    KnownHosts any = new KnownHosts(List.of("*"), List.of(), new KnownHosts.Machine("", ""));

    assertThat(any.has("evil.example")).isTrue();
  }
}
