package dev.longshore.agent.ship.encode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// What a message has in common with others like it, for people: the text that [Fingerprint]
/// hashes, with `#` for what changes. Not for use on the path of lines.
public final class MessagePattern {
  private MessagePattern() {}

  /// @param pod the pod's name, which messages often hold
  public static String of(String message, String pod) {
    Text text = new Text();
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    text.message(bytes, 0, bytes.length, pod.getBytes(StandardCharsets.UTF_8));
    return text.written.toString(StandardCharsets.UTF_8);
  }

  private static final class Text extends Fingerprint {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    void add(byte b) {
      written.write(b);
    }
  }
}
