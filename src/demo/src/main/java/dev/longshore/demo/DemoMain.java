package dev.longshore.demo;

import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.command.Signals;
import dev.longshore.shared.log.Logging;
import dev.longshore.shared.net.FailureText;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// `longshore demo`: arguments, exit codes, and Ctrl-C, after which everything is still checked. A
/// second Ctrl-C ends it at once.
public final class DemoMain {
  private static final int INTERRUPTED = 130;

  private DemoMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    // What libraries warn of is not for who looks at the demo.
    Logging.start(System.getenv().getOrDefault(Logging.LEVEL_VARIABLE, "error"));
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(arguments));
    } catch (Wrong e) {
      System.err.println(DemoOptions.USAGE);
      System.err.println("longshore demo: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(options));
  }

  private static int run(DemoOptions options) throws InterruptedException {
    AtomicBoolean isEnding = new AtomicBoolean();
    try (DemoFolder folder = DemoFolder.claim(ProjectFolder.find().resolve(".longshore"))) {
      Demo demo = new Demo(options, folder.path(), System.out);
      AtomicBoolean interrupted = new AtomicBoolean();
      Signals.handle(
          "INT",
          () -> {
            if (interrupted.getAndSet(true)) {
              isEnding.set(true);
              Runtime.getRuntime().exit(INTERRUPTED);
            }
            demo.stop();
          });
      return demo.run() ? 0 : 1;
    } catch (IOException | IllegalStateException e) {
      // What fails because all is taken down at once is no news.
      if (!isEnding.get()) {
        System.err.println("longshore demo: " + FailureText.of(e));
      }
      return 1;
    }
  }
}
