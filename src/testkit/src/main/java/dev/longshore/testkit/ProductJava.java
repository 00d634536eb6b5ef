package dev.longshore.testkit;

import java.nio.file.Path;

/// The `java` under which the products run as processes of their own.
public final class ProductJava {
  private ProductJava() {}

  /// This JVM's, or that of the runtime which the system property `longshore.java.home` names.
  public static String command() {
    String home = System.getProperty("longshore.java.home", System.getProperty("java.home"));
    return Path.of(home, "bin", "java").toString();
  }
}
