package dev.longshore.demo;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// `longshore demo`: arguments, exit codes, and Ctrl-C, after which everything is still checked.
public final class DemoMain {
  private DemoMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("longshore demo: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(options));
  }

  private static int run(DemoOptions options) throws InterruptedException {
    Demo demo = new Demo(options, ProjectFolder.find().resolve(".longshore/demo"), System.out);
    CountDownLatch done = new CountDownLatch(1);
    Thread atInterrupt =
        Thread.ofPlatform()
            .name("interrupt")
            .unstarted(
                () -> {
                  demo.stop();
                  try {
                    done.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Runtime.getRuntime().addShutdownHook(atInterrupt);
    try {
      return demo.run() ? 0 : 1;
    } catch (IOException | IllegalStateException e) {
      System.err.println("longshore demo: " + e.getMessage());
      return 1;
    } finally {
      done.countDown();
    }
  }
}
