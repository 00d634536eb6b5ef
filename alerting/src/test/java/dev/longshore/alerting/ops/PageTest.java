package dev.longshore.alerting.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page is served whole, with a policy under which nothing of another host can run or be asked.
final class PageTest {
  private static final Pattern IMPORT = Pattern.compile("from \"\\./([a-z-]+\\.js)\"");
  private static final Pattern INLINE = Pattern.compile("<script(?![^>]* src=)|<style| on[a-z]+=");

  private final HttpClient http = HttpClient.newHttpClient();
  private OpsServer server;

  @BeforeEach
  void start() throws IOException {
    ManualClock clock = new ManualClock();
    server =
        new OpsServer(
            "api.listen",
            new OpsConfig("127.0.0.1", 0),
            clock,
            new Supervisor(clock, new RecordedExit()),
            new Meters(),
            List.of(),
            _ -> {});
    Page.addTo(server, "/alertmanager");
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void eachModuleThatIsImportedIsServed() throws Exception {
    for (String name :
        List.of(
            "main.js", "alerts.js", "silences.js", "silence-form.js", "acknowledge.js", "why.js")) {
      HttpResponse<String> module = get("/alertmanager/ui/" + name);
      assertThat(module.statusCode()).as(name).isEqualTo(200);
      assertThat(module.headers().firstValue("Content-Type"))
          .hasValue("text/javascript; charset=utf-8");
      Matcher imported = IMPORT.matcher(module.body());
      while (imported.find()) {
        assertThat(get("/alertmanager/ui/" + imported.group(1)).statusCode())
            .as(imported.group(1))
            .isEqualTo(200);
      }
    }
    assertThat(get("/alertmanager/ui/page.css").statusCode()).isEqualTo(200);
    assertThat(get("/alertmanager/ui/../index.html").headers().firstValue("Location"))
        .hasValue("/alertmanager/index.html");
    assertThat(get("/alertmanager/index.html").statusCode()).isEqualTo(404);
    assertThat(get("/alertmanager/ui/%2e%2e%2findex.html").statusCode()).isEqualTo(301);
  }

  @Test
  void theChartsLibraryIsServedAsAModuleWithItsStyles() throws Exception {
    HttpResponse<String> library = get("/alertmanager/ui/uplot.js");
    assertThat(library.body()).contains("uPlot (v1.").endsWith("\nexport default uPlot;\n");
    assertThat(library.body().length()).as("it is a phone that loads it").isLessThan(60_000);
    // What would need 'unsafe-inline' or 'unsafe-eval'.
    assertThat(library.body())
        .doesNotContain("setAttribute(\"style\"", "<style", "insertRule", "eval(", "Function(");
    HttpResponse<String> style = get("/alertmanager/ui/uplot.css");
    assertThat(style.headers().firstValue("Content-Type")).hasValue("text/css; charset=utf-8");
    assertThat(style.body()).contains(".u-wrap").doesNotContain("url(", "@import");
  }

  @Test
  void noScriptIsInTheMarkupAndNoneOfAnotherHostMayRun() throws Exception {
    HttpResponse<String> page = get("/alertmanager/");
    assertThat(INLINE.matcher(page.body()).find()).isFalse();
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "http"));
  }

  @Test
  void theAddressWithoutThePrefixLeadsToThePage() throws Exception {
    for (String path : List.of("/", "/alertmanager")) {
      HttpResponse<String> redirect = get(path);
      assertThat(redirect.statusCode()).isEqualTo(302);
      assertThat(redirect.headers().firstValue("Location")).hasValue("/alertmanager/");
    }
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }
}
