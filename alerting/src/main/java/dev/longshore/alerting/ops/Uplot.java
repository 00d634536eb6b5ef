package dev.longshore.alerting.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/// uPlot (MIT), which draws the chart of an alert, as its WebJar has it: a script and a style sheet
/// of some 50 kB in all, which the page loads when it shows a chart.
///
/// It sets styles through the object model of the document alone, which `style-src 'self'` allows.
final class Uplot {
  private static final String FACTS = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private Uplot() {}

  /// The script as a module. What its author publishes as one is three times as large, so the
  /// minified one is served, which declares `uPlot`, and exports it.
  static byte[] module() {
    String script = new String(file("uPlot.iife.min.js"), StandardCharsets.UTF_8);
    return (script + "\nexport default uPlot;\n").getBytes(StandardCharsets.UTF_8);
  }

  static byte[] style() {
    return file("uPlot.min.css");
  }

  private static byte[] file(String name) {
    Properties facts = new Properties();
    try (InputStream in = open(FACTS)) {
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String folder = "/META-INF/resources/webjars/uplot/" + facts.getProperty("version") + "/dist/";
    try (InputStream in = open(folder + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String path) {
    InputStream in = Uplot.class.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalStateException(path + " is not on the class path");
    }
    return in;
  }
}
