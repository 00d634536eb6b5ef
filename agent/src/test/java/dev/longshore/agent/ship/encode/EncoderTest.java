package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.LogFormat;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A record becomes one bulk item whose document says all that the line said, in ECS.
class EncoderTest {
  private static final String TIME = Encoding.TIME;

  @Test
  void writesTheWholeItemOfAnAccessLogLine() {
    Document item =
        new Encoding()
            .message("10.0.0.7 - - [23/Nov/2026:05:48:55 +0000] \"GET /cart HTTP/1.1\" 500 12");

    assertThat(item.action()).isEqualTo("{\"create\":{\"_id\":\"" + id(4096, 110) + "\"}}");
    assertThat(item.source())
        .isEqualTo(
            "{"
                + Encoding.FIELDS
                + ",\"@timestamp\":\"2026-11-23T05:48:55.123456789Z\",\"message\":\"10.0.0.7 - -"
                + " [23/Nov/2026:05:48:55 +0000] \\\"GET /cart HTTP/1.1\\\" 500 12\","
                + "\"stream\":\"stdout\",\"log\":{\"offset\":4096,\"file\":{\"path\":"
                + "\"/var/log/pods/shop_checkout-7d9f_4f7c/checkout/0.log\"}}}");
  }

  private static String id(long start, long span) {
    byte[] id = new byte[DocumentId.BYTES];
    DocumentId.write(2, Encoding.GENERATION, start, span, id, 0);
    return new String(id, StandardCharsets.US_ASCII);
  }

  @Test
  void joinsPartsAndSeparatesLines() {
    String raw =
        TIME + " stderr P first \n" + TIME + " stderr F half\n" + TIME + " stderr F second line\n";

    Document item = new Encoding().flags(Block.FLAG_STDERR | Block.FLAG_JOINED).raw(raw);

    assertThat(item.message()).isEqualTo("first half\nsecond line");
    assertThat(item.get("stream")).isEqualTo("stderr");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("multiline"));
  }

  @Test
  void joinedPartsOfOneLineAreNotMultiline() {
    String raw = TIME + " stdout P a\n" + TIME + " stdout F b\n";

    Document item = new Encoding().flags(Block.FLAG_JOINED).raw(raw);

    assertThat(item.message()).isEqualTo("ab");
    assertThat(item.get("log", "flags")).isNull();
  }

  @Test
  void marksAPartWhoseEndIsMissing() {
    Document item =
        new Encoding().flags(Block.FLAG_INCOMPLETE).raw(TIME + " stdout P only the first part\n");

    assertThat(item.message()).isEqualTo("only the first part");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("partial"));
  }

  @Test
  void takesAnEmptyMessageWithAndWithoutItsBlank() {
    assertThat(new Encoding().raw(TIME + " stdout F \n").message()).isEqualTo("");
    assertThat(new Encoding().raw(TIME + " stdout F\n").message()).isEqualTo("");
    assertThat(new Encoding().raw(TIME + " stdout F").message()).isEqualTo("");
  }

  @Test
  void takesTagsBehindThePartMark() {
    assertThat(new Encoding().raw(TIME + " stdout F:x:y text\n").message()).isEqualTo("text");
  }

  @Test
  void aFragmentGoesOnInsideALine() {
    Encoding second =
        new Encoding().flags(Block.FLAG_FRAGMENT | Block.FLAG_LAST_FRAGMENT).fragment(1);

    Document item = second.timestamp(1_000_000_000L).raw("ends here\n" + TIME + " stdout F next\n");

    assertThat(item.message()).isEqualTo("ends here\nnext");
    assertThat(item.get("log", "fragment"))
        .isEqualTo(Map.of("ordinal", BigInteger.ONE, "last", true));
    assertThat(item.get("log", "flags")).isEqualTo(List.of("multiline", "fragment"));
  }

  @Test
  void bareBytesOfALongLineHaveTheTimeOfTheRecordBefore() {
    int fragment = Block.FLAG_FRAGMENT | Block.FLAG_STDERR;
    byte[] first = (TIME + " stderr F it begins").getBytes(StandardCharsets.UTF_8);
    byte[] rest = " and ends\n".getBytes(StandardCharsets.UTF_8);
    Block block = new Block(64);
    block.reset(Encoding.GENERATION, LogFormat.CRI, 0);
    block.add(fragment, 0, first.length, 0, 1_000, first, 0, first.length);
    block.add(
        fragment | Block.FLAG_LAST_FRAGMENT | Block.FLAG_UNPARSED,
        first.length,
        rest.length,
        1,
        Block.NO_TIMESTAMP,
        rest,
        0,
        rest.length);

    Document item = new Encoding().record(block, 1);

    assertThat(item.message()).isEqualTo(" and ends");
    assertThat(item.get("@timestamp")).isEqualTo(TIME);
    assertThat(item.get("log", "flags")).isEqualTo(List.of("fragment"));
  }

  @Test
  void aFragmentThatBeginsWithALineHasAPrefix() {
    Document item =
        new Encoding()
            .flags(Block.FLAG_FRAGMENT | Block.FLAG_JOINED)
            .fragment(2)
            .raw(TIME + " stdout P one \n" + TIME + " stdout P two\n");

    assertThat(item.message()).isEqualTo("one two");
    assertThat(item.get("@timestamp")).isEqualTo(TIME);
  }

  @Test
  void takesDockersLinesOutOfTheirEscapes() {
    Document item =
        new Encoding()
            .format(LogFormat.DOCKER_JSON)
            .flags(Block.FLAG_JOINED)
            .raw(
                """
                {"log":"say \\"hi\\" \\u003cb\\u003e \\ud83d\\ude00 ","stream":"stdout","time":"2026-11-23T05:48:55.1Z"}
                {"log":"and more\\n","stream":"stdout","attrs":{"tag":"a}"},"time":"2026-11-23T05:48:56.1Z"}
                """);

    assertThat(item.message()).isEqualTo("say \"hi\" <b> 😀 and more");
    assertThat(item.get("@timestamp")).isEqualTo("2026-11-23T05:48:55.1Z");
    assertThat(item.get("log", "flags")).isNull();
  }

  @Test
  void dockerLinesOfAGroupAreSeparated() {
    Document item =
        new Encoding()
            .format(LogFormat.DOCKER_JSON)
            .flags(Block.FLAG_JOINED)
            .raw("{\"log\":\"a\\n\",\"time\":\"x\"}\n{\"log\":\"b\\n\",\"time\":\"y\"}\n");

    assertThat(item.message()).isEqualTo("a\nb");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("multiline", "no_timestamp"));
  }

  @Test
  void badDockerLinesAreTheMessageAsTheyStand() {
    for (String bad :
        List.of("", "{", "hello world", "123", "{}", "{\"log\":123}", "{\"log\":\"a\"")) {
      Document item =
          new Encoding().format(LogFormat.DOCKER_JSON).flags(Block.FLAG_UNPARSED).raw(bad + "\n");

      assertThat(item.message()).isEqualTo(bad);
      assertThat(item.get("log", "flags")).isEqualTo(List.of("unparsed", "no_timestamp"));
    }
  }

  @Test
  void aPlainLineHasTheBlocksTime() {
    Document item =
        new Encoding()
            .format(LogFormat.PLAIN)
            .timestamp(1_795_412_935_000_000_001L)
            .raw("hello\r\n");

    assertThat(item.message()).isEqualTo("hello");
    assertThat(item.get("@timestamp")).isEqualTo("2026-11-23T05:48:55.000000001Z");
  }

  @Test
  void withoutAnyTimeItIsTheEpochAndSaysSo() {
    Document item = new Encoding().format(LogFormat.PLAIN).raw("hello\n");

    assertThat(item.get("@timestamp")).isEqualTo("1970-01-01T00:00:00.000000000Z");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("no_timestamp"));
  }

  @Test
  void bytesThatAreNotUtf8StayVisible() {
    byte[] raw = (TIME + " stdout F caf? ok\n").getBytes(StandardCharsets.ISO_8859_1);
    raw[TIME.length() + " stdout F caf".length()] = (byte) 0xe9;

    Document item = new Encoding().raw(raw);

    assertThat(item.message()).isEqualTo("caf\\xe9 ok");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("invalid_utf8"));
  }

  @Test
  void keepsColoursAndControlCharacters() {
    String message = "\u001b[31mred\u001b[0m \u0000 \t \\ \" \u007f é 😀";

    assertThat(new Encoding().message(message).message()).isEqualTo(message);
  }

  @Test
  void parsesAJsonBody() {
    Document item =
        new Encoding()
            .numbers("took.ms", "items")
            .message(
                """
                {"ts":"2026-01-01","level":"WARN","msg":"slow \\"cart\\"","took":{"ms":12.5},"items":"3"}""");

    assertThat(item.message()).isEqualTo("slow \"cart\"");
    assertThat(item.level()).isEqualTo("warn");
    assertThat(item.get("json", "took", "ms")).isEqualTo(12.5);
    assertThat(item.get("numbers", "took.ms")).isEqualTo(12.5);
    assertThat(item.get("numbers", "items")).isEqualTo(BigInteger.valueOf(3));
    assertThat(item.get("@timestamp")).isEqualTo(TIME);
  }

  @Test
  void aPrettyPrintedBodyStaysOneLine() {
    Document item = new Encoding().lines("{\n  \"msg\" : \"a  b\\\"\",\n  \"n\": [ 1, 2 ]\n}");

    assertThat(item.source()).endsWith("\"json\":{\"msg\":\"a  b\\\"\",\"n\":[1,2]}}");
    assertThat(item.message()).isEqualTo("a  b\"");
  }

  @Test
  void brokenJsonIsTheMessageUntouched() {
    for (String broken :
        List.of(
            "{\"text\":\"Simple text\"]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":01}",
            "{\"a\":1}{\"b\":2}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{,}",
            "{} {}")) {
      Document item = new Encoding().message(broken);

      assertThat(item.message()).isEqualTo(broken);
      assertThat(item.get("json")).isNull();
      assertThat(item.get("log", "flags")).isNull();
    }
  }

  @Test
  void whatBrokenStringsStandBesideIsRead() {
    for (String broken :
        List.of(
            "{\"a\":\"\\x22\",\"level\":\"error\"}",
            "{\"a\":\"tab\there\",\"level\":\"error\"}",
            "{\"\\x\":1,\"level\":\"error\"}",
            "{\"stack\":[\"Error: no\",\"at\tf (/a.js:1:2)\"],\"level\":\"error\"}",
            "{\"error\":{\"type\":\"A\tB\"},\"level\":\"error\"}")) {
      Document item = new Encoding().message(broken);

      assertThat(item.message()).isEqualTo(broken);
      assertThat(item.get("json")).isNull();
      assertThat(item.get("log", "level")).isEqualTo("error");
      assertThat(item.get("error", "stack_trace")).isNull();
      assertThat(item.get("log", "flags")).isEqualTo(List.of("json_refused"));
    }
  }

  @Test
  void doublyEscapedJsonStaysEscapedOnce() {
    Document item = new Encoding().message("{\"msg\":\"{\\\"a\\\":1}\"}");

    assertThat(item.message()).isEqualTo("{\"a\":1}");
    assertThat(item.get("json", "msg")).isEqualTo("{\"a\":1}");
  }

  @Test
  void whatAFlattenedFieldRefusesStaysInTheMessage() {
    String deep = "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);
    String arrays = "{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
    String large = "{\"a\":\"" + "x".repeat(40_000) + "\"}";
    for (String refused :
        List.of(
            deep,
            arrays,
            large,
            "{\"a\":1,\"a\":2}",
            "{\"b\":{\"a\":1,\"\\u0061\":2}}",
            "{\"a\\u0000\":1}",
            "{\"a\":" + "9".repeat(1001) + "}")) {
      Document item = new Encoding().message(refused);

      assertThat(item.message()).isEqualTo(refused);
      assertThat(item.get("json")).isNull();
      assertThat(item.get("log", "flags")).isEqualTo(List.of("json_refused"));
    }
  }

  @Test
  void whatAFlattenedFieldTakesIsSent() {
    for (String taken :
        List.of(
            "{\"a\":".repeat(20) + "1" + "}".repeat(20),
            "{\"a\":\"" + "x".repeat(32_764) + "\"}",
            "{\"a\":\"" + "\\u0041".repeat(32_764) + "\"}",
            "{\"\":1,\" \":2,\".\":3,\"a..b\":4}",
            "{}",
            "{\"a\":[{\"b\":1},{\"b\":2}],\"b\":{\"a\":1}}")) {
      Document item = new Encoding().message(taken);

      assertThat(item.get("json")).isEqualTo(Document.parse(taken));
      assertThat(item.get("log", "flags")).isNull();
    }
  }

  @Test
  void oneByteMoreThanALuceneTermIsRefused() {
    Document item = new Encoding().message("{\"ab\":{\"c\":\"" + "x".repeat(32_762) + "\"}}");

    assertThat(item.get("log", "flags")).isEqualTo(List.of("json_refused"));
  }

  @Test
  void numbersOnlyTakesWhatIsFinite() {
    Document item =
        new Encoding()
            .numbers("a", "b", "c", "d.e", "f", "..")
            .message("{\"a\":1e999,\"b\":\"fast\",\"c\":true,\"d.e\":-0.5e3,\"f\":[1]}");

    assertThat(item.get("numbers")).isEqualTo(Map.of("d.e", -500.0));
  }

  @Test
  void theSafeFormHasNothingThatCanConflict() {
    Document item =
        new Encoding().safe().numbers("n").message("{\"level\":\"info\",\"n\":1,\"msg\":\"hi\"}");

    assertThat(item.get("kubernetes"))
        .isEqualTo(Map.of("namespace", "shop", "pod", Map.of("name", "checkout-7d9f")));
    assertThat(item.get("json")).isNull();
    assertThat(item.get("numbers")).isNull();
    assertThat(item.message()).isEqualTo("hi");
    assertThat(item.get("log", "flags")).isEqualTo(List.of("unmapped"));
    assertThat(Document.parse(String.valueOf(item.get("longshore.unmapped"))))
        .isEqualTo(
            Map.of(
                "kubernetes.labels",
                Map.of("app", "checkout"),
                "kubernetes.annotations",
                Map.of("team", "blue"),
                "json",
                Document.parse("{\"level\":\"info\",\"n\":1,\"msg\":\"hi\"}")));
  }

  @Test
  void theSameRecordGivesTheSameBytes() {
    String raw = TIME + " stdout F {\"level\":\"error\",\"msg\":\"no stock\"}\n";

    assertThat(new Encoding().raw(raw)).isEqualTo(new Encoding().raw(raw));
  }

  @Test
  void aDocumentThatThePodWantedElsewhereSaysSo() {
    Document item = new Encoding().datasetRefused().raw(TIME + " stdout F paid\n");

    assertThat(item.get("log", "flags")).isEqualTo(List.of("dataset_refused"));
  }
}
