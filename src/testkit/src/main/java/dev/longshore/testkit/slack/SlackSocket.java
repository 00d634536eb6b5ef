package dev.longshore.testkit.slack;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The server's side of one WebSocket (RFC 6455): texts both ways, pings, the close handshake.
final class SlackSocket implements AutoCloseable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_FRAME_BYTES = 1 << 20;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /// Told of what comes.
  interface Listener {
    void text(SlackSocket socket, String text);

    void protocolError(String problem);

    void ended(SlackSocket socket);
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private volatile boolean deaf;

  SlackSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  /// The target of the request for an upgrade.
  ///
  /// @param key `Sec-WebSocket-Key`; null when it is no request for one
  record Opening(String target, @Nullable String key) {}

  Opening readOpening() throws IOException {
    String line = line();
    String target = line.split(" ", -1).length == 3 ? line.split(" ", -1)[1] : "";
    String key = null;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
        key = header.substring(header.indexOf(':') + 1).strip();
      }
    }
    return new Opening(target, key);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || line.size() > 8_192) {
        throw new EOFException();
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  void refuse(int status) throws IOException {
    write(
        ("HTTP/1.1 " + status + " refused\r\nContent-Length: 0\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  void accept(String key) throws IOException {
    String proof;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      proof = Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
    write(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + ("Sec-WebSocket-Accept: " + proof + "\r\n\r\n"))
            .getBytes(StandardCharsets.US_ASCII));
  }

  /// Reads frames until the connection ends.
  void read(Listener listener) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try (socket) {
      while (true) {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((second & 0x80) == 0) {
          listener.protocolError("a frame of the client is not masked");
        }
        byte[] body = body(second);
        switch (first & 0x0f) {
          case 0, TEXT -> {
            message.writeBytes(body);
            if ((first & 0x80) != 0) {
              listener.text(this, message.toString(StandardCharsets.UTF_8));
              message.reset();
            }
          }
          case PING -> frame(PONG, body);
          case PONG -> {}
          case CLOSE -> {
            frame(CLOSE, body);
            return;
          }
          default -> listener.protocolError("opcode " + (first & 0x0f));
        }
      }
    } catch (IOException e) {
      // The connection has ended, which is all that is to be known.
    } finally {
      listener.ended(this);
    }
  }

  private byte[] body(int second) throws IOException {
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length > MAX_FRAME_BYTES) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] mask = (second & 0x80) == 0 ? new byte[4] : in.readNBytes(4);
    byte[] body = in.readNBytes((int) length);
    for (int i = 0; i < body.length; i++) {
      body[i] ^= mask[i % 4];
    }
    return body;
  }

  void send(String text) throws IOException {
    frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  void ping() throws IOException {
    frame(PING, "Ping from longshore.slack.com".getBytes(StandardCharsets.UTF_8));
  }

  /// Reads and writes nothing more, and keeps the connection open: what a firewall does that
  /// forgets it.
  void fallSilent() {
    deaf = true;
  }

  private void frame(int opcode, byte[] body) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(body.length + 10);
    frame.write(0x80 | opcode);
    if (body.length < 126) {
      frame.write(body.length);
    } else if (body.length < 1 << 16) {
      frame.write(126);
      frame.write(body.length >> 8);
      frame.write(body.length);
    } else {
      frame.write(127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) body.length >> shift));
      }
    }
    frame.writeBytes(body);
    write(frame.toByteArray());
  }

  private void write(byte[] bytes) throws IOException {
    if (!deaf) {
      synchronized (out) {
        out.write(bytes);
        out.flush();
      }
    }
  }

  /// Begins the close handshake.
  void end() throws IOException {
    frame(CLOSE, new byte[] {3, (byte) 0xe8});
  }

  /// Ends the connection without a word.
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It was closed.
    }
  }
}
