package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.LogFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// No content fails a record: whatever the bytes are, an item is two lines of strict JSON, and a
/// message that is UTF-8 comes back as it was.
class EncodePropertyTest {
  private static final String[] PIECES = {
    "\n",
    "\r\n",
    "> ",
    "</a>",
    "In Cart.php line 12:",
    "panic: ",
    "ERROR ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    ":",
    ",",
    "\"a\"",
    "\"level\"",
    "error",
    "\"msg\":",
    "{\"a\":",
    "1",
    "-0.5e9",
    "null",
    "true",
    " ",
    "\t",
    "\u0000",
    "\u001b[31m",
    "é",
    "漢",
    "😀",
    "level=",
    "msg=",
    "ERROR",
    "[",
    "] ",
    "E1123 05:48:55.1 1 x] ",
    "\u2028",
    "<3>",
    "'",
    "\u007f",
    "panic: ",
    "Traceback (most recent call last):",
    "  File \"",
    "\tat ",
    "Caused by: ",
    "goroutine 1",
    "\t/a.go:1",
    "#0 /a.php(1): ",
    "a.rb:1:in '",
    "java.io.IOException",
    "2026-11-23 05:48:55 ",
    "x"
  };

  private static final List<LogFormat> FORMATS = List.of(LogFormat.values());

  @Test
  void utf8ComesBackAsItWas() {
    Random random = new Random(20261123);
    for (int round = 0; round < 4_000; round++) {
      String message = pieces(random, random.nextInt(12), false);

      Document item = new Encoding().message(message);

      if (item.get("json") == null) {
        assertThat(item.message()).isEqualTo(message);
      }
    }
  }

  @Test
  void groupsOfAnythingAreStrictJson() {
    Random random = new Random(7);
    for (int round = 0; round < 4_000; round++) {
      String lines = pieces(random, random.nextInt(40), true);

      Document item = new Encoding().numbers("a", "msg").lines(lines);

      if (item.get("json") == null) {
        assertThat(item.message()).isEqualTo(withoutLineEnds(lines));
      }
    }
  }

  /// What a terminal adds to a line's end goes, and blank lines at the end.
  private static String withoutLineEnds(String lines) {
    String text = (lines + "\n").replace("\r\n", "\n");
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    return text.substring(0, end);
  }

  private static String pieces(Random random, int count, boolean feeds) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
      if (feeds && random.nextInt(3) == 0) {
        text.append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void anyBytesInAnyFormatAreStrictJson() {
    Random random = new Random(11);
    byte[] prefix = (Encoding.TIME + " stdout F ").getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < 4_000; round++) {
      byte[] raw = new byte[random.nextInt(120)];
      random.nextBytes(raw);
      for (int i = 0; i < raw.length; i++) {
        if (random.nextInt(4) == 0) {
          byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
          System.arraycopy(piece, 0, raw, i, Math.min(piece.length, raw.length - i));
        }
      }
      if (random.nextBoolean()) {
        System.arraycopy(prefix, 0, raw, 0, Math.min(prefix.length, raw.length));
      }
      int flags =
          random.nextInt()
              & (Block.FLAG_STDERR
                  | Block.FLAG_JOINED
                  | Block.FLAG_FRAGMENT
                  | Block.FLAG_LAST_FRAGMENT
                  | Block.FLAG_UNPARSED
                  | Block.FLAG_INCOMPLETE);
      LogFormat format = FORMATS.get(random.nextInt(FORMATS.size()));
      Encoding encoding = new Encoding().format(format).flags(flags).numbers("a");
      if (random.nextBoolean()) {
        encoding.safe();
      }

      Document item = encoding.raw(raw);

      assertThat(item.get("@timestamp")).isNotNull();
    }
  }

  @Test
  void randomJsonIsTakenWholeOrNotAtAll() {
    Random random = new Random(3);
    for (int round = 0; round < 4_000; round++) {
      StringBuilder text = new StringBuilder();
      object(random, text, 0);
      String whole = text.toString();

      Document item = new Encoding().message(whole);

      assertThat(item.get("json")).isEqualTo(Document.parse(whole));
      String cut = whole.substring(0, random.nextInt(whole.length()));
      assertThat(new Encoding().message(cut).get("json")).isNull();
    }
  }

  private static void object(Random random, StringBuilder text, int depth) {
    text.append('{');
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      text.append(i > 0 ? "," : "").append(blank(random)).append("\"k").append(i).append("\":");
      value(random, text, depth);
    }
    text.append(blank(random)).append('}');
  }

  private static void value(Random random, StringBuilder text, int depth) {
    switch (random.nextInt(depth > 4 ? 5 : 7)) {
      case 0 -> text.append("\"v\\n\\\"\\u00e9é\"");
      case 1 -> text.append(random.nextInt());
      case 2 -> text.append("-1.25e-7");
      case 3 -> text.append("null");
      case 4 -> text.append("true").append(blank(random));
      case 5 -> object(random, text, depth + 1);
      default -> {
        text.append('[');
        value(random, text, depth + 1);
        text.append(',').append(blank(random));
        value(random, text, depth + 1);
        text.append(']');
      }
    }
  }

  private static String blank(Random random) {
    return random.nextInt(3) == 0 ? " \t" : "";
  }

  @Test
  void aLineOfAMebibyteIsOneDocument() {
    String quotes = "\"".repeat(1 << 20);
    assertThat(new Encoding().message(quotes).message()).isEqualTo(quotes);

    String open = "{\"a\":[".repeat(1 << 17);
    assertThat(new Encoding().message(open + "}").message()).isEqualTo(open + "}");

    StringBuilder keys = new StringBuilder("{\"k\":1");
    for (int i = 0; i < 70_000; i++) {
      keys.append(",\"k").append(i).append("\":1");
    }
    Document item = new Encoding().message(keys.append('}').toString());
    assertThat(item.get("json", "k69999")).isNotNull();
  }
}
