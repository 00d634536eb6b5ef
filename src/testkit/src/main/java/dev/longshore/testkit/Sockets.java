package dev.longshore.testkit;

import java.io.IOException;
import java.net.Socket;

/// What proxies and relays do to sockets.
final class Sockets {
  private Sockets() {}

  /// Ends a connection so that the other side sees a reset, and not an orderly end.
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    try {
      socket.close();
    } catch (IOException e) {
      // Then it is gone as well.
    }
  }
}
