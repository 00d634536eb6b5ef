package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of the loopback interface.
public final class FreePorts {
  /// Below those that the kernel gives to whoever asks for any (from 32,768), and those of a
  /// cluster's nodes (from 30,000): nobody takes one by chance between its choice and its use.
  private static final int FIRST = 15_000;

  private static final int LAST = 29_999;

  private FreePorts() {}

  /// A port that nobody listens on, and that no other process gets from here while this one lives.
  ///
  /// @throws IOException when there is none
  public static int one() throws IOException {
    int ports = LAST - FIRST + 1;
    int start = ThreadLocalRandom.current().nextInt(ports);
    for (int i = 0; i < ports; i++) {
      int port = FIRST + (start + i) % ports;
      if (Claims.claim(port) && free(port)) {
        return port;
      }
    }
    throw new IOException("no port is free from " + FIRST + " to " + LAST);
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
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

  /// A file whose byte N is locked by the process that has port N. The kernel takes the locks back
  /// when the process ends, however it ends.
  private static final class Claims {
    private static final FileChannel FILE = open();

    private Claims() {}

    static boolean claim(int port) throws IOException {
      try {
        return FILE.tryLock(port, 1, false) != null;
      } catch (OverlappingFileLockException e) {
        return false;
      }
    }

    private static FileChannel open() {
      Path file =
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "longshore-ports-" + System.getProperty("user.name"));
      try {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new UncheckedIOException("the file of taken ports can't be opened", e);
      }
    }
  }
}
