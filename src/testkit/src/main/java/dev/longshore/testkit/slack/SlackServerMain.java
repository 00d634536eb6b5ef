package dev.longshore.testkit.slack;

import dev.longshore.shared.clock.Clock;
import java.util.ArrayList;
import java.util.List;

/// A [SlackServer] as a process of its own: `--port <n>` (0 for any), `--print-port` to say which
/// on the first line of standard output, `--channel <name>` for each channel (all that are named,
/// when none is given). It prints the webhook of each channel, ends when its standard input does,
/// and then shows the channels.
public final class SlackServerMain {
  private SlackServerMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    int port = 0;
    boolean printPort = false;
    List<String> channels = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--port" -> port = Integer.parseInt(words.get(++i));
        case "--print-port" -> printPort = true;
        case "--channel" -> channels.add(words.get(++i));
        default -> {
          System.err.println(
              "unknown argument "
                  + words.get(i)
                  + "; known are --port <n>, --print-port and --channel <name>");
          System.exit(2);
        }
      }
    }
    try (SlackServer server = SlackServer.start(port, Clock.system())) {
      if (printPort) {
        System.out.println(server.url().getPort());
      }
      channels.forEach(server::open);
      if (channels.isEmpty()) {
        server.openAll();
        channels.add("alerts");
      }
      channels.forEach(channel -> System.out.println(channel + " " + server.webhook(channel)));
      while (System.in.read() >= 0) {
        // Only the end matters.
      }
      System.out.print(server.view());
    }
  }
}
