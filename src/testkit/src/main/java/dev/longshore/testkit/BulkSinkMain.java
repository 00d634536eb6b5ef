package dev.longshore.testkit;

import java.util.List;

/// A counting [BulkSink] as a process of its own: `--port <n>` (0 for any), `--print-port` to say
/// which on the first line of standard output. It ends when its standard input does; then it prints
/// `requests=… items=… bytes=…`.
public final class BulkSinkMain {
  private BulkSinkMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    int port = 0;
    boolean printPort = false;
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--port" -> port = Integer.parseInt(words.get(++i));
        case "--print-port" -> printPort = true;
        default -> {
          System.err.println(
              "unknown argument " + words.get(i) + "; known are --port <n> and --print-port");
          System.exit(2);
        }
      }
    }
    try (BulkSink sink = BulkSink.start(port, false)) {
      if (printPort) {
        System.out.println(sink.url().getPort());
      }
      while (System.in.read() >= 0) {
        // Only the end matters.
      }
      System.out.println(
          "requests=" + sink.requests() + " items=" + sink.items() + " bytes=" + sink.bytes());
    }
  }
}
