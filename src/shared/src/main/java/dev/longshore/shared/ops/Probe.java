package dev.longshore.shared.ops;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The images' health check: asks an address of this machine, and ends with 0 when the answer is
/// 200, else with 1 and a sentence that says why not. It needs no shell and no further program.
public final class Probe {
  /// Docker gives a check 10 s, the start of a JVM included.
  private static final int TIMEOUT_MILLIS = (int) Duration.ofSeconds(5).toMillis();

  private Probe() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: Probe URL, for example http://127.0.0.1:9600/healthz");
      System.exit(2);
    }
    String problem = problem(URI.create(arguments[0]));
    if (problem != null) {
      System.err.println(problem);
      System.exit(1);
    }
  }

  /// What is wrong at the address; null when it answers 200.
  static @Nullable String problem(URI address) {
    try {
      HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try {
        int status = connection.getResponseCode();
        return status == 200 ? null : address + " answers " + status;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return address + " does not answer: " + e.getMessage();
    }
  }
}
