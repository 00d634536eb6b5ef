package dev.longshore.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports of the loopback interface.
public final class FreePorts {
  private FreePorts() {}

  /// A port that nobody listened on a moment ago.
  public static int one() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Makes sure that a port is free.
  ///
  /// @param option by which another port is chosen, for the message
  /// @throws IOException when somebody listens on it
  public static void require(int port, String option) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.setReuseAddress(true);
    } catch (IOException e) {
      throw new IOException(
          "port " + port + " is taken; choose another with " + option + " PORT", e);
    }
  }
}
