package dev.longshore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Tests that run side by side, in one process or several, never get the same port.
final class FreePortsTest {
  @Test
  void givesEachPortOnce() throws IOException {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      assertThat(ports.add(FreePorts.one())).isTrue();
    }
  }

  @Test
  void givesNoPortThatAnotherProcessHas() throws Exception {
    List<Process> others = new ArrayList<>();
    Set<Integer> ports = new HashSet<>();
    int all = 0;
    for (int i = 0; i < 2; i++) {
      others.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Taker.class.getName())
              .redirectErrorStream(true)
              .start());
    }
    for (Process other : others) {
      for (int i = 0; i < Taker.PORTS; i++, all++) {
        ports.add(Integer.parseInt(readLine(other)));
      }
    }
    for (int i = 0; i < 500; i++, all++) {
      ports.add(FreePorts.one());
    }
    for (Process other : others) {
      other.getOutputStream().close();
      assertThat(other.waitFor()).isZero();
    }
    assertThat(ports).hasSize(all);
  }

  @Test
  void saysHowToChooseAnotherPortWhenOneIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> FreePorts.require(taken.getLocalPort(), "--ops-port"))
          .hasMessage(
              "port " + taken.getLocalPort() + " is taken; choose another with --ops-port PORT");
    }
  }

  private static String readLine(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = process.getInputStream().read(); c >= 0 && c != '\n'; ) {
      line.append((char) c);
      c = process.getInputStream().read();
    }
    return line.toString();
  }

  /// Takes ports, prints them and keeps them until its input ends.
  static final class Taker {
    static final int PORTS = 2_000;

    private Taker() {}

    public static void main(String[] arguments) throws IOException {
      StringBuilder ports = new StringBuilder();
      for (int i = 0; i < PORTS; i++) {
        ports.append(FreePorts.one()).append('\n');
      }
      System.out.write(ports.toString().getBytes(StandardCharsets.US_ASCII));
      System.out.flush();
      System.in.readAllBytes();
    }
  }
}
