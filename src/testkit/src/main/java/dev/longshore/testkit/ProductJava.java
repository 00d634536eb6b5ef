package dev.longshore.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The `java` under which the products run as processes of their own, and how they are started.
public final class ProductJava {
  private ProductJava() {}

  /// This JVM's, or that of the runtime which the system property `longshore.java.home` names.
  public static String command() {
    String home = System.getProperty("longshore.java.home", System.getProperty("java.home"));
    return Path.of(home, "bin", "java").toString();
  }

  /// A command as a process that ignores SIGINT: Ctrl-C at a terminal goes to all processes of the
  /// foreground, and ends the one that started this, which then ends this in its own way.
  public static List<String> ignoringInterrupts(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    whole.addAll(command);
    return whole;
  }
}
