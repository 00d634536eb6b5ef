package dev.longshore.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A real Chromium without a window, Debian's packages `chromium` and `chromium-driver`, driven by
/// the W3C's WebDriver protocol over the JDK's HTTP client: clicks and keys are those of a person,
/// and fail on what a person could not click.
///
/// The dozen commands that are used here are plain HTTP; a client library for them would bring some
/// thirty jars.
public final class Browser implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

  /// WebDriver's codes of keys.
  public static final String TAB = "\uE004";

  /// WebDriver's code of the return key.
  public static final String ENTER = "\uE007";

  /// WebDriver's code of the escape key.
  public static final String ESCAPE = "\uE00C";

  /// The control with an accessible name, or else with a visible text, among those that are shown.
  private static final String FIND =
      """
      const [name, within] = arguments;
      const named = it => (it.getAttribute('aria-label') || it.textContent || '').trim();
      const shown = [...document.querySelectorAll('a, button')]
        .filter(it => (!within || it.closest(within)) && it.checkVisibility() && !it.disabled);
      return shown.find(it => named(it) === name || it.textContent.trim() === name)
        || shown.find(it => it.textContent.trim().startsWith(name)) || null;
      """;

  private final Process driver;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Clock clock = Clock.system();
  private final URI session;

  private Browser(Process driver, URI session) {
    this.driver = driver;
    this.session = session;
  }

  /// Starts one.
  ///
  /// @param folder for the driver's log
  /// @param width of the window, in CSS pixels; below 500 it is a phone with a touch screen
  /// @throws IllegalStateException when Chromium is not installed
  public static Browser start(Path folder, int width, int height)
      throws IOException, InterruptedException {
    return start(folder, width, height, "normal");
  }

  /// Starts one that goes on before a page has arrived whole, to see what it shows until then.
  ///
  /// @param folder for the driver's log
  /// @param width of the window, in CSS pixels
  /// @throws IllegalStateException when Chromium is not installed
  public static Browser startImpatient(Path folder, int width, int height)
      throws IOException, InterruptedException {
    return start(folder, width, height, "none");
  }

  private static Browser start(Path folder, int width, int height, String pageLoadStrategy)
      throws IOException, InterruptedException {
    Path log = folder.resolve("chromedriver.log");
    Process driver;
    try {
      driver =
          new ProcessBuilder("chromedriver", "--port=0")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "chromedriver is not installed; Debian: apt-get install chromium chromium-driver", e);
    }
    try {
      URI base = URI.create("http://127.0.0.1:" + port(driver, log) + "/session");
      try (HttpClient http = HttpClient.newHttpClient()) {
        JsonNode opened = call(http, "POST", base, capabilities(width, height, pageLoadStrategy));
        return new Browser(driver, URI.create(base + "/" + opened.path("sessionId").asText()));
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      driver.destroyForcibly();
      throw e;
    }
  }

  private static int port(Process driver, Path log) throws IOException, InterruptedException {
    Clock clock = Clock.system();
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (clock.nanoTime() < deadline) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
      if (driver.waitFor(50, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new IOException("chromedriver does not start: " + Files.readString(log));
  }

  private static ObjectNode capabilities(int width, int height, String pageLoadStrategy) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode wanted = body.putObject("capabilities").putObject("alwaysMatch");
    wanted.put("pageLoadStrategy", pageLoadStrategy);
    wanted.putObject("goog:loggingPrefs").put("browser", "ALL");
    ObjectNode options = wanted.putObject("goog:chromeOptions");
    var arguments = options.putArray("args").add("--headless=new").add("--disable-gpu");
    // Tests run as root in containers, where Chromium has no sandbox of its own and little
    // /dev/shm.
    arguments.add("--no-sandbox").add("--disable-dev-shm-usage").add("--lang=en-US");
    arguments.add("--window-size=" + width + "," + height);
    if (width < 500) {
      options
          .putObject("mobileEmulation")
          .putObject("deviceMetrics")
          .put("width", width)
          .put("height", height)
          .put("pixelRatio", 2)
          .put("touch", true);
    }
    return body;
  }

  private static JsonNode call(HttpClient http, String method, URI uri, @Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher sent =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body.toString());
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri)
                .timeout(PATIENCE.multipliedBy(2))
                .header("Content-Type", "application/json")
                .method(method, sent)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode value = JSON.readTree(response.body()).path("value");
    if (response.statusCode() != 200) {
      throw new IOException(value.path("error").asText() + ": " + value.path("message").asText());
    }
    return value;
  }

  private JsonNode call(String method, String path, @Nullable JsonNode body)
      throws IOException, InterruptedException {
    return call(http, method, URI.create(session + path), body);
  }

  /// Opens an address.
  public void open(String url) throws IOException, InterruptedException {
    call("POST", "/url", JSON.createObjectNode().put("url", url));
  }

  /// Loads the page again.
  public void reload() throws IOException, InterruptedException {
    call("POST", "/refresh", JSON.createObjectNode());
  }

  /// The address that is shown.
  public String url() throws IOException, InterruptedException {
    return call("GET", "/url", null).asText();
  }

  /// Runs the body of a function in the page.
  public JsonNode run(String script, Object... arguments) throws IOException, InterruptedException {
    return script("/execute/sync", script, arguments);
  }

  /// Runs the body of an asynchronous function in the page.
  ///
  /// @throws IOException with what it threw
  public JsonNode runAsync(String script) throws IOException, InterruptedException {
    JsonNode value =
        script(
            "/execute/async",
            """
            const done = arguments[arguments.length - 1];
            (async () => { %s })().then(it => done({ it }), e => done({ failed: String(e.stack || e) }));
            """
                .formatted(script));
    if (value.has("failed")) {
      throw new IOException(value.path("failed").asText());
    }
    return value.path("it");
  }

  private JsonNode script(String path, String script, Object... arguments)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("script", script);
    body.set("args", JSON.valueToTree(arguments));
    return call("POST", path, body);
  }

  /// What a person reads in an element, white space as one space; empty where there is none.
  public String text(String selector) throws IOException, InterruptedException {
    return run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        .asText()
        .replaceAll("\\s+", " ");
  }

  /// Waits until an element has a text, and returns all of it.
  ///
  /// @throws IOException when it has not within half a minute, with what it has
  public String await(String selector, String text) throws IOException, InterruptedException {
    return await(selector, text, true);
  }

  /// Waits until an element has a text no more.
  public String awaitNo(String selector, String text) throws IOException, InterruptedException {
    return await(selector, text, false);
  }

  private String await(String selector, String text, boolean isWanted)
      throws IOException, InterruptedException {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    String seen = text(selector);
    while (seen.contains(text) != isWanted) {
      if (clock.nanoTime() > deadline) {
        throw new IOException(
            "'%s' %s in %s: %s\nof %s, which shows: %s\nand its log: %s"
                .formatted(
                    text,
                    isWanted ? "is not" : "is still",
                    selector,
                    seen,
                    url(),
                    text("body"),
                    entries(_ -> true)));
      }
      clock.sleep(Duration.ofMillis(50));
      seen = text(selector);
    }
    return seen;
  }

  /// Clicks a link or a button, as a person does: it must be in sight and nothing may cover it.
  ///
  /// @param name its accessible name or its text, or how its text begins
  public void click(String name) throws IOException, InterruptedException {
    clickIn("", name);
  }

  /// The same within elements.
  ///
  /// @param within a selector of them; empty for the whole page
  public void clickIn(String within, String name) throws IOException, InterruptedException {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode element = run(FIND, name, within);
      try {
        if (element.has(ELEMENT)) {
          call("POST", "/element/" + element.path(ELEMENT).asText() + "/click", empty());
          return;
        }
      } catch (IOException e) {
        // Another one is there by now, or something covers it for a moment.
        if (clock.nanoTime() > deadline) {
          throw e;
        }
      }
      if (clock.nanoTime() > deadline) {
        throw new IOException("nothing is named '" + name + "' in: " + text("body"));
      }
      clock.sleep(Duration.ofMillis(50));
    }
  }

  private static ObjectNode empty() {
    return JSON.createObjectNode();
  }

  /// Clicks into a field, and types over what is in it.
  public void type(String selector, String text) throws IOException, InterruptedException {
    JsonNode element = run("return document.querySelector(arguments[0])", selector);
    String path = "/element/" + element.path(ELEMENT).asText();
    call("POST", path + "/clear", empty());
    call("POST", path + "/value", empty().put("text", text));
  }

  /// Presses keys, one after the other, wherever the focus is.
  public void press(String keys) throws IOException, InterruptedException {
    ObjectNode body = empty();
    ObjectNode keyboard = body.putArray("actions").addObject();
    keyboard.put("type", "key").put("id", "keyboard");
    var actions = keyboard.putArray("actions");
    for (String key : keys.split("", -1)) {
      if (!key.isEmpty()) {
        actions.addObject().put("type", "keyDown").put("value", key);
        actions.addObject().put("type", "keyUp").put("value", key);
      }
    }
    call("POST", "/actions", body);
  }

  /// Moves the mouse over an element.
  ///
  /// @param right how far from the element's left edge, as a share of its width
  public void point(String selector, double right) throws IOException, InterruptedException {
    JsonNode at =
        run(
            """
            const it = document.querySelector(arguments[0]);
            it.scrollIntoView({ block: 'center' });
            const { left, top, width, height } = it.getBoundingClientRect();
            return [Math.round(left + width * arguments[1]), Math.round(top + height / 2)];
            """,
            selector,
            right);
    ObjectNode body = empty();
    ObjectNode mouse = body.putArray("actions").addObject();
    mouse.put("type", "pointer").put("id", "mouse");
    ObjectNode move = mouse.putArray("actions").addObject();
    move.put("type", "pointerMove").put("duration", 0);
    move.put("x", at.path(0).asInt()).put("y", at.path(1).asInt());
    call("POST", "/actions", body);
  }

  /// Shows pages as somebody sees them who prefers `dark` or `light`.
  public void prefers(String scheme) throws IOException, InterruptedException {
    ObjectNode body = empty().put("cmd", "Emulation.setEmulatedMedia");
    ObjectNode feature = body.putObject("params").putArray("features").addObject();
    feature.put("name", "prefers-color-scheme").put("value", scheme);
    call("POST", "/goog/cdp/execute", body);
  }

  /// What the page has complained about since this was asked last: errors of scripts, and what the
  /// policy of the page refused.
  public String complaints() throws IOException, InterruptedException {
    // A server that is away is what some tests are about.
    return entries(
        entry ->
            entry.path("level").asText().equals("SEVERE")
                && !entry.path("source").asText().equals("network"));
  }

  /// The messages of the browser's log since this was asked last.
  private String entries(Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    for (JsonNode entry : call("POST", "/se/log", empty().put("type", "browser"))) {
      if (wanted.test(entry)) {
        text.append(entry.path("message").asText()).append('\n');
      }
    }
    return text.toString();
  }

  /// Keeps a picture of what is shown.
  public void picture(Path png) throws IOException, InterruptedException {
    Files.write(png, Base64.getDecoder().decode(call("GET", "/screenshot", null).asText()));
  }

  @Override
  public void close() {
    try {
      call("DELETE", "", null);
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
    http.shutdownNow();
  }
}
