package dev.longshore.agent.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DeadLetterDocument;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Search;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dead letters are shown, exported byte for byte, and brought back exactly once, wherever they
/// lie.
class DeadLettersCommandIT {
  private static final byte[] NOT_UTF8 = {
    'o', 'r', 'd', 'e', 'r', ' ', (byte) 0xff, (byte) 0xfe, 0, (byte) 0xc3, '(', '\n'
  };

  private final String name = "it" + UUID.randomUUID().toString().substring(0, 8);
  private final String logs = "logs-shop.orders-" + name;
  private final String letters = DeadLetter.dataStream(logs);
  private final ElasticConfig server = ElasticsearchServer.secured().config();
  private final Elastic elastic = new Elastic(server, Clock.system());
  private final Search search = new Search(elastic);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;
  private Path config;

  @BeforeEach
  void configure() throws IOException {
    Path password =
        Files.writeString(folder.resolve("password"), requireNonNull(server.password()));
    config =
        configuration(
            "agent.yaml",
            "urls: [\"%s\"], username: \"%s\", passwordFile: \"%s\", caFile: \"%s\""
                .formatted(server.urls().getFirst(), server.username(), password, server.caFile()));
    new DataStreamTemplate(elastic, letters, null).install();
    template("integer");
  }

  private Path configuration(String file, String elasticsearch) throws IOException {
    return Files.writeString(
        folder.resolve(file),
        """
        kubernetes: {enabled: false}
        elasticsearch: {%s}
        buffer:
          dir: "%s"
        """
            .formatted(elasticsearch, folder.resolve("buffer")));
  }

  @AfterEach
  void clean() throws IOException {
    for (String stream : List.of(logs, letters)) {
      elastic.request("DELETE", "/_data_stream/" + stream, null);
    }
    elastic.request("DELETE", "/_index_template/" + name, null);
    elastic.close();
  }

  @Test
  void aLetterThatIsRefusedAgainStaysAndIsBroughtBackWhenTheMappingIsRepaired() throws Exception {
    inElasticsearch(letter("a", "forty-two"));
    onDisk(letter("b", "forty-three"));

    assertThat(run("replay")).as(text(err)).isEqualTo(Commands.FAILED);
    assertThat(text(out)).contains("2 dead letters: 0 indexed, 0 already there, 2 refused again");
    search.refresh(letters);
    search.each(
        Search.Query.all(letters, "*"),
        hit -> {
          assertThat(hit.number("longshore", "dead_letter", "attempts")).isEqualTo(1);
          assertThat(hit.text("longshore", "dead_letter", "type"))
              .isEqualTo("document_parsing_exception");
          assertThat(hit.text("longshore", "dead_letter", "reason")).contains("message");
          assertThat(hit.text("longshore", "dead_letter", "document")).contains("forty-two");
          return true;
        });
    assertThat(disk()).singleElement().satisfies(it -> assertThat(it.attempts()).isEqualTo(1));

    template("text");
    rollOver();
    assertThat(run("replay")).as(text(err)).isZero();

    assertThat(text(out)).contains("2 dead letters: 2 indexed, 0 already there, 0 refused again");
    assertThat(indexed()).containsExactlyInAnyOrder("a", "b");
    assertNoLetters();
    assertThat(run("replay")).as(text(err)).isZero();
    assertThat(text(out)).contains("0 dead letters: 0 indexed");
    assertThat(indexed()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aReplayThatWasKilledAfterSendingDoublesNothingAlthoughTheStreamRolledOver()
      throws Exception {
    template("text");
    DeadLetter sent = letter("a", "forty-two");
    DeadLetter sentFromDisk = letter("b", "forty-three");
    index(logs, "a", sent.document());
    index(logs, "b", sentFromDisk.document());
    inElasticsearch(sent, letter("c", "forty-four"));
    onDisk(sentFromDisk);
    rollOver();

    assertThat(run("replay")).as(text(err)).isZero();

    assertThat(text(out)).contains("3 dead letters: 1 indexed, 2 already there, 0 refused again");
    assertThat(indexed()).containsExactlyInAnyOrder("a", "b", "c");
    assertNoLetters();
  }

  @Test
  void bringsBackNoMoreThanTheLimitAndOnlyWhatTheFilterMeans() throws Exception {
    template("text");
    inElasticsearch(letter("a", "one"), letter("b", "two"), letter("c", "three"));

    assertThat(run("replay", "--reason", "no such error")).as(text(err)).isZero();
    assertThat(run("replay", "--pod", "payment")).as(text(err)).isZero();
    assertThat(run("replay", "--since", "1h")).as(text(err)).isZero();
    assertThat(text(out)).doesNotContain("1 indexed").doesNotContain("3 indexed");
    assertThat(run("replay", "--reason", "FAILED to parse", "--pod", "checkout", "--limit", "2"))
        .as(text(err))
        .isZero();
    assertThat(text(out)).contains("2 dead letters: 2 indexed");
    assertThat(run("replay", "--dry-run")).as(text(err)).isZero();
    assertThat(text(out))
        .contains("1 dead letter would be sent again; nothing was.")
        .contains(logs);

    assertThat(indexed()).hasSize(2);
  }

  @Test
  void exportsTheOriginalBytesFromBothPlaces() throws Exception {
    inElasticsearch(letter("a", NOT_UTF8, "{\"@timestamp\":\"2026-11-23T06:00:00Z\"}"));
    onDisk(letter("b", NOT_UTF8, ""));
    Path file = folder.resolve("letters.ndjson");

    assertThat(run("export", "--to", file.toString())).as(text(err)).isZero();

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    for (String line : lines) {
      JsonNode exported = new ObjectMapper().readTree(line);
      assertThat(exported.at("/longshore/dead_letter/original").binaryValue()).isEqualTo(NOT_UTF8);
      assertThat(exported.at("/longshore/dead_letter/destination").asText()).isEqualTo(logs);
      assertThat(exported.at("/kubernetes/namespace").asText()).isEqualTo(name);
      assertThat(exported.at("/log/offset").asLong()).isEqualTo(4_711);
    }
    assertThatThrownBy(() -> run("export", "--to", file.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("letters.ndjson exists already; name another file");
    assertThat(run("export")).as(text(err)).isZero();
    assertThat(text(out).lines().toList()).containsAll(lines);
  }

  @Test
  void listsWhyWhereAndHowMany() throws Exception {
    inElasticsearch(letter("a", "one"), letter("b", "two"));
    onDisk(letter("c", "three"));

    assertThat(run("list", "--limit", "2")).as(text(err)).isZero();
    assertThat(text(out))
        .contains(name + "/checkout-7d9f/server")
        .contains("refused by " + logs + " with 400 mapper_parsing_exception; 4 bytes")
        .contains("lies in: Elasticsearch")
        .contains("There are more than these 2");

    assertThat(run("list")).as(text(err)).isZero();
    assertThat(text(out)).contains("lies in: disk").contains("3 dead letters.");
  }

  @Test
  void lettersOnDiskAreShownWhileElasticsearchIsAway() throws Exception {
    onDisk(letter("a", "one"));
    config =
        configuration("away.yaml", "urls: [\"http://127.0.0.1:%d\"]".formatted(FreePorts.one()));

    assertThat(run("list")).as(text(err)).isEqualTo(Commands.FAILED);

    assertThat(text(out))
        .contains("lies in: disk")
        .contains("1 dead letter (not every place could be looked at)");
    assertThat(text(err)).contains("Elasticsearch, logs-longshore.dead_letter-*");
  }

  @Test
  void aLetterWithoutADocumentStaysAndIsSaid() throws Exception {
    onDisk(letter("a", "one".getBytes(StandardCharsets.UTF_8), ""));

    assertThat(run("replay")).as(text(err)).isEqualTo(Commands.FAILED);

    assertThat(text(out)).contains("0 refused again, 1 without a document");
    assertThat(disk()).hasSize(1);
  }

  private int run(String command, String... options) throws Exception {
    out.reset();
    err.reset();
    List<String> words = new ArrayList<>(List.of(command, "--config", config.toString()));
    // The server is shared: the letters of other tests are not ours.
    words.addAll(List.of("--namespace", name));
    words.addAll(List.of(options));
    return new DeadLettersCommand(
            Map.of(),
            Clock.system(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Duration.ofSeconds(1))
        .run(words);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private DeadLetter letter(String id, String message) {
    return letter(
        id,
        (message + "\n").getBytes(StandardCharsets.UTF_8),
        "{\"@timestamp\":\"2026-11-23T06:00:00Z\",\"message\":\"" + message + "\"}");
  }

  private DeadLetter letter(String id, byte[] original, String document) {
    return new DeadLetter(
        id,
        logs,
        400,
        "mapper_parsing_exception",
        "failed to parse field [message]",
        new ContainerRef(name, "checkout-7d9f", "0d4bd6d5", "server"),
        "/var/log/pods/shop_checkout-7d9f_0d4bd6d5/server/0.log",
        4_711,
        1_790_000_000_000L,
        0,
        original,
        document.getBytes(StandardCharsets.UTF_8));
  }

  private void inElasticsearch(DeadLetter... all) throws IOException {
    for (DeadLetter letter : all) {
      index(letters, letter.id(), new DeadLetterDocument().json(letter));
    }
  }

  private void onDisk(DeadLetter... all) throws IOException {
    try (DiskStore.Batch batch = store().begin()) {
      for (DeadLetter letter : all) {
        batch.append(letter);
      }
      batch.sync();
    }
  }

  private DiskStore store() {
    return new DiskStore(DiskStore.folderIn(folder.resolve("buffer")), DataSize.ofMiB(1));
  }

  private List<DeadLetter> disk() throws IOException {
    List<DeadLetter> read = new ArrayList<>();
    store().forEach(read::add);
    return read;
  }

  private void index(String stream, String id, byte[] document) {
    String head = "{\"create\":{\"_id\":\"" + id + "\"}}\n";
    byte[] body =
        (head + new String(document, StandardCharsets.UTF_8) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(elastic.bulk(stream, body, body.length, 1, false).join())
        .isInstanceOfSatisfying(
            BulkReply.Answered.class,
            answered -> assertThat(answered.statuses()).containsExactly((short) 201));
  }

  private List<String> indexed() throws IOException {
    search.refresh(logs);
    List<String> ids = new ArrayList<>();
    search.each(Search.Query.all(logs, "*"), hit -> ids.add(hit.id()));
    return ids;
  }

  private void assertNoLetters() throws IOException {
    search.refresh(letters);
    assertThat(search.count(letters, "*")).isZero();
    assertThat(disk()).isEmpty();
  }

  private void rollOver() throws IOException {
    call("POST", "/" + logs + "/_rollover", "{}");
  }

  private void template(String messageType) throws IOException {
    call(
        "PUT",
        "/_index_template/" + name,
        """
        {"index_patterns":["%s"],"priority":9000,"data_stream":{},
         "template":{"mappings":{"properties":{"message":{"type":"%s"}}}}}
        """
            .formatted(logs, messageType));
  }

  private void call(String method, String path, String body) throws IOException {
    Elastic.Response reply = elastic.request(method, path, body.getBytes(StandardCharsets.UTF_8));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
  }
}
