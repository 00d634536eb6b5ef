package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.ServerContext;
import dev.longshore.shared.units.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A counting [BulkSink] as a process of its own: `--port <n>` (0 for any), `--print-port` to say
/// which on the first line of standard output, `--delay <time>` before each answer, and
/// `--tls-certificate <file>` with `--tls-key <file>` for TLS, which is always on any port. It ends
/// when its standard input does; then it prints `requests=… items=… bytes=…`.
public final class BulkSinkMain {
  private static final Set<String> OPTIONS =
      Set.of("--port", "--delay", "--tls-certificate", "--tls-key");

  private BulkSinkMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    Map<String, String> values = new HashMap<>();
    boolean printPort = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--print-port")) {
        printPort = true;
      } else if (OPTIONS.contains(word) && i + 1 < words.size()) {
        values.put(word, words.get(++i));
      } else {
        System.err.println(
            "unknown argument " + word + ", or one without a value; known are " + OPTIONS);
        System.exit(2);
      }
    }
    try (BulkSink sink =
        BulkSink.start(Integer.parseInt(values.getOrDefault("--port", "0")), false)) {
      Duration delay = Durations.parse(values.getOrDefault("--delay", "0s"));
      if (delay.isPositive()) {
        sink.answerOthers(request -> new SinkAnswer.Delayed(delay, new SinkAnswer.Success()));
      }
      serve(sink, values, printPort);
      System.out.println(
          "requests=" + sink.requests() + " items=" + sink.items() + " bytes=" + sink.bytes());
    }
  }

  private static void serve(BulkSink sink, Map<String, String> values, boolean printPort)
      throws Exception {
    String certificate = values.get("--tls-certificate");
    String key = values.get("--tls-key");
    if (certificate == null || key == null) {
      untilInputEnds(printPort, sink.url().getPort());
      return;
    }
    try (TcpRelay relay =
        TcpRelay.startSecured(
            sink.url(),
            ServerContext.of(
                Pem.ofFile("--tls-certificate", Path.of(certificate)),
                Pem.ofFile("--tls-key", Path.of(key)),
                null,
                Clock.system()))) {
      untilInputEnds(printPort, relay.url().getPort());
    }
  }

  private static void untilInputEnds(boolean printPort, int port) throws Exception {
    if (printPort) {
      System.out.println(port);
    }
    while (System.in.read() >= 0) {
      // Only the end matters.
    }
  }
}
