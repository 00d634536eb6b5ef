package dev.longshore.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The `java` under which the products run as processes of their own, and how they are started.
public final class ProductJava {
  private ProductJava() {}

  /// This JVM's, or that of the runtime which the system property `longshore.java.home` names.
  public static String command() {
    String home = System.getProperty("longshore.java.home", System.getProperty("java.home"));
    return Path.of(home, "bin", "java").toString();
  }

  /// Environment variable with JVM options for each process that tests start, products and servers
  /// alike; the script gives them to what it starts too.
  private static final String OPTIONS = "LONGSHORE_PROCESS_JAVA_OPTIONS";

  /// The options that the environment names, none without them. The build's integration tests have
  /// the quick compiler alone: their processes live for seconds, and the optimizing one would take
  /// half of what they cost. What measures says otherwise itself.
  public static List<String> options() {
    String options = Objects.requireNonNullElse(System.getenv(OPTIONS), "").strip();
    return options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
  }

  /// Both compilers, as users have them: for a test that measures, on top of [#options].
  public static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";

  /// A command as a process that ignores SIGINT: Ctrl-C at a terminal goes to all processes of the
  /// foreground, and ends the one that started this, which then ends this in its own way.
  public static List<String> ignoringInterrupts(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    whole.addAll(command);
    return whole;
  }

  /// Starts a process that does not outlive this one, however this one is asked to end: an agent
  /// that stays behind keeps its port and its buffer.
  static Process startChild(ProcessBuilder builder) throws IOException {
    Process child = builder.start();
    Thread end = new Thread(child::destroyForcibly, "child-stop");
    Runtime.getRuntime().addShutdownHook(end);
    var _ =
        child
            .onExit()
            .thenRun(
                () -> {
                  try {
                    Runtime.getRuntime().removeShutdownHook(end);
                  } catch (IllegalStateException e) {
                    // This process ends too, and the hook has run or will find nobody.
                  }
                });
    return child;
  }
}
