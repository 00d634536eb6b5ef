package dev.longshore.shared.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// What was built: written into the jar by the build.
///
/// @param version of the project, such as `0.1.0`
/// @param revision the commit, or `unknown` where the build was not told it
public record BuildInfo(String version, String revision) {
  private static final String RESOURCE = "build.properties";

  /// This process's own.
  public static BuildInfo current() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + RESOURCE);
      }
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's " + RESOURCE + " can't be read", e);
    }
    return new BuildInfo(
        properties.getProperty("version", "unknown"),
        properties.getProperty("revision", "unknown"));
  }

  /// `longshore agent 0.1.0 (revision 1a2b3c4)`.
  public String line(String product) {
    return "longshore " + product + " " + version + " (revision " + revision + ")";
  }
}
