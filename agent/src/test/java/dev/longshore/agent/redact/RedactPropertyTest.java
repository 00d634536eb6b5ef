package dev.longshore.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a message holds: redacting twice is redacting once, the text grows within a bound,
/// UTF-8 remains UTF-8, and JSON remains JSON.
class RedactPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] PIECES = {
    "password",
    "token",
    "Authorization",
    "\"password\"",
    "secret",
    "api_key",
    "pwd",
    "sig",
    "=",
    ":",
    ": ",
    "=\"",
    "\":\"",
    "\"",
    "\\\"",
    "\\\\",
    "\\n",
    "\\u0026",
    "\\u0022",
    "\\\\u0022",
    "&quot;",
    "'",
    "''",
    "\\'",
    "Some(",
    ":=",
    "cookie",
    "auth",
    "value",
    "sid=",
    "u'",
    "[]string{",
    "[",
    "]",
    "{",
    "}",
    ",",
    " ",
    "\n",
    "Bearer ",
    "Basic ",
    "Basic YXBwOnNlY3JldA==",
    "://",
    "@",
    "app:",
    "é",
    "漢",
    "😀",
    "hunter2",
    "Ab3Ab3Ab3Ab3Ab3Ab3Ab3",
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJzdWIiOiIxMjM0In0.",
    "x".repeat(40),
    "AKI" + "AABCDEFGHIJKLMNOP",
    "gh" + "p_" + "a1B2".repeat(9),
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "[redacted]",
    "***",
    "null",
    "12345",
    "jane@example.com",
    "10.0.0.7",
    "2001:db8::1",
    "4111 1111 1111 1111",
    "\u001b[36m",
    "\u001b[0m",
    "%s",
    "https",
    "a",
    "1",
    "-",
    "_",
    ".",
    "/",
    "&",
    ";",
    "<password>",
    "</password>",
    "<password a=\\\"b\\\">",
    "<\\/",
    "<value>",
    "<![CDATA[",
    "]]>",
    "<property name='",
    "name: ",
    "%5D",
    " is",
    ">",
    "<"
  };
  private static final List<Redacted> REDACTORS =
      List.of(Redacted.byDefault(), Redacted.with("all"), Redacted.with("-secrets", "email", "ip"));

  @Test
  void twiceIsOnceAndGrowthIsBounded() {
    Random random = new Random(1);
    for (int round = 0; round < 30_000; round++) {
      String text = pieces(random, random.nextInt(14));
      for (Redacted redacted : REDACTORS) {
        String once = redacted.of(text);

        assertThat(redacted.of(once)).as(text).isEqualTo(once);
        assertThat(once.length()).as(text).isLessThanOrEqualTo(3 * text.length() + 16);
      }
    }
  }

  @Test
  void utf8RemainsUtf8() throws CharacterCodingException {
    Random random = new Random(2);
    for (int round = 0; round < 15_000; round++) {
      byte[] text = pieces(random, random.nextInt(14)).getBytes(StandardCharsets.UTF_8);
      for (Redacted redacted : REDACTORS) {
        // Throws where it is not.
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(redacted.of(text)));
      }
    }
  }

  @Test
  void anyBytesAreTaken() {
    Random random = new Random(3);
    for (int round = 0; round < 15_000; round++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        if (random.nextInt(5) == 0) {
          byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
          System.arraycopy(piece, 0, bytes, i, Math.min(piece.length, bytes.length - i));
        }
      }
      for (Redacted redacted : REDACTORS) {
        byte[] once = redacted.of(bytes);

        assertThat(redacted.of(once)).isEqualTo(once);
      }
    }
  }

  @Test
  void jsonRemainsJson() throws JsonProcessingException {
    Random random = new Random(4);
    for (int round = 0; round < 15_000; round++) {
      String body = JSON.writeValueAsString(object(random, 0));
      for (Redacted redacted : REDACTORS) {
        String once = redacted.of(body);

        assertThat(isJson(once)).as("%s%n%s", body, once).isTrue();
        assertThat(redacted.of(once)).as(body).isEqualTo(once);
      }
    }
  }

  @Test
  void jsonRemainsJsonWithPatternsOfAnOperator() throws JsonProcessingException {
    Redacted redacted =
        new Redacted(
            new RedactConfig(
                List.of("all"),
                List.of(
                    new CustomPattern("wide", "a.*1", "", true),
                    new CustomPattern("digits", "[0-9]{2,}", "", true),
                    new CustomPattern("member", "\"a\":\\s*\"?([^,}]+)", "", true))));
    Random random = new Random(5);
    for (int round = 0; round < 10_000; round++) {
      String body = JSON.writeValueAsString(object(random, 0));

      String once = redacted.of(body);

      assertThat(isJson(once)).as("%s%n%s", body, once).isTrue();
    }
  }

  private static boolean isJson(String text) {
    try {
      return JSON.readTree(text).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static Map<String, Object> object(Random random, int depth)
      throws JsonProcessingException {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      object.put(pieces(random, 1 + random.nextInt(2)), value(random, depth));
    }
    return object;
  }

  private static Object value(Random random, int depth) throws JsonProcessingException {
    return switch (random.nextInt(depth < 3 ? 8 : 5)) {
      case 0 -> random.nextInt();
      case 1 -> 4111111111111111L;
      case 2 -> random.nextBoolean();
      case 3, 4 -> pieces(random, random.nextInt(8));
      case 5 -> object(random, depth + 1);
      case 6 -> List.of(value(random, depth + 1), value(random, depth + 1));
      default -> JSON.writeValueAsString(object(random, depth + 1));
    };
  }

  private static String pieces(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_eyJ",
        "-glpat-",
        "_AIza",
        "Authorization:a ",
        "password=\\\" \\\\\"",
        "password=\"",
        "{\"password\":",
        "://a:b",
        "a@b.co ",
        "-----BEGIN PRIVATE KEY-----",
        "4111111111111111 ",
        "password=\\u0022",
        "password:\\\\u0022\\",
        "&quot;password&quot;:&quot;",
        "password='\\'",
        "password={",
        "Authorization: Token token=\"",
        "Authorization: Key a1 ",
        "Cookie: a=",
        "\"password\",\"value\":\"",
        "password=Some(",
        "dp.st.prd.a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0.",
        "/api/webhooks/1/a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6",
        "\\"
      })
  void noMessageTakesMoreThanItsLength(String piece) {
    Redacted all = Redacted.with("all");
    String text = "{" + piece.repeat((1 << 20) / piece.length()) + "}";

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> all.of(text));
  }
}
