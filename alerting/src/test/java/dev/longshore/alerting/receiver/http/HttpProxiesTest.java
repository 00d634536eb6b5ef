package dev.longshore.alerting.receiver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `no_proxy` means what it means to Go's programs.
final class HttpProxiesTest {

  private static Proxy chosen(String noProxy, String url) {
    HttpSettings.Proxy settings =
        new HttpSettings.Proxy(
            URI.create("http://proxy.example:3128"),
            noProxy.isEmpty() ? List.of() : List.of(noProxy.split(" ", -1)),
            false);
    ProxySelector proxies = Objects.requireNonNull(HttpProxies.of(settings, Map.of()));
    return proxies.select(URI.create(url)).getFirst();
  }

  @Test
  void withoutNoProxyEverythingGoesThroughTheProxy() {
    Proxy proxy = chosen("", "http://127.0.0.1:8080/hook");
    assertThat(proxy.address())
        .isEqualTo(InetSocketAddress.createUnresolved("proxy.example", 3128));
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, https://example.com/x",
    "example.com, https://hooks.example.com/x",
    ".example.com, https://hooks.example.com/x",
    "*.example.com, https://hooks.example.com/x",
    "example.com:8443, https://example.com:8443/x",
    "example.com:443, https://example.com/x",
    "10.0.0.0/8, http://10.1.2.3/x",
    "10.1.2.3, http://10.1.2.3/x",
    "fd00::/8, 'http://[fd12::1]/x'",
    "*, http://anything/x",
    "other.com, http://localhost:9093/x",
    "other.com, http://127.0.0.1/x",
  })
  void isReachedDirectly(String noProxy, String url) {
    assertThat(chosen(noProxy, url)).isEqualTo(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, https://notexample.com/x",
    ".example.com, https://example.com/x",
    "example.com:8443, https://example.com/x",
    "10.0.0.0/8, http://11.1.2.3/x",
    "10.0.0.0/8, http://ten.example/x",
    "10.0.0.0/99, http://10.1.2.3/x",
  })
  void isReachedThroughTheProxy(String noProxy, String url) {
    assertThat(chosen(noProxy, url).type()).isEqualTo(Proxy.Type.HTTP);
  }

  @Test
  void theEnvironmentSaysWhichWhereItIsAsked() {
    HttpSettings.Proxy settings = new HttpSettings.Proxy(null, List.of(), true);
    Map<String, String> environment =
        Map.of(
            "HTTPS_PROXY", "proxy.example:3128",
            "http_proxy", "http://ada:pw@plain.example",
            "NO_PROXY", "inside.example, 10.0.0.0/8");
    HttpProxies proxies = Objects.requireNonNull(HttpProxies.of(settings, environment));
    assertThat(proxies.select(URI.create("https://hooks.example/x")).getFirst().address())
        .isEqualTo(InetSocketAddress.createUnresolved("proxy.example", 3128));
    assertThat(proxies.select(URI.create("http://hooks.example/x")).getFirst().address())
        .isEqualTo(InetSocketAddress.createUnresolved("plain.example", 80));
    assertThat(proxies.authorization(URI.create("http://hooks.example/x")))
        .isEqualTo("Basic YWRhOnB3");
    assertThat(proxies.authorization(URI.create("https://hooks.example/x"))).isNull();
    assertThat(proxies.select(URI.create("https://a.inside.example/x")).getFirst())
        .isEqualTo(Proxy.NO_PROXY);
    assertThat(HttpProxies.of(settings, Map.of("NO_PROXY", "x"))).isNull();
    assertThatThrownBy(() -> HttpProxies.of(settings, Map.of("HTTP_PROXY", "http://u:pw@ x")))
        .hasMessageContaining("HTTP_PROXY")
        .hasMessageNotContaining("pw");
  }

  @Test
  void aProxyOfTheEnvironmentThatIsNoHttpProxyIsNotTakenForOne() {
    HttpSettings.Proxy settings = new HttpSettings.Proxy(null, List.of(), true);
    for (String proxy : List.of("socks5://ada:pw@proxy.example:1080", "https://proxy.example")) {
      assertThatThrownBy(() -> HttpProxies.of(settings, Map.of("HTTPS_PROXY", proxy)))
          .hasMessageContaining("HTTPS_PROXY of the environment is no URL of a proxy")
          .hasMessageNotContaining("pw");
    }
  }
}
