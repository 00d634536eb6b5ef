package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Of a namespace its labels are kept, without the one that says its name again.
class NamespaceReaderTest {
  @Test
  void keepsTheLabelsThatPeopleGave() throws IOException {
    assertThat(labels("\"kubernetes.io/metadata.name\":\"shop\",\"team\":\"payments\""))
        .isEqualTo("{\"team\":\"payments\"}");
  }

  @Test
  void aNamespaceWithItsNameAloneHasNone() throws IOException {
    assertThat(labels("\"kubernetes.io/metadata.name\":\"shop\"")).isEmpty();
  }

  private static String labels(String members) throws IOException {
    String json = "{\"metadata\":{\"labels\":{%s},\"name\":\"shop\"}}".formatted(members);
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      NamespaceRecord namespace =
          Objects.requireNonNull(new NamespaceReader(4 << 10).read(parser).value());
      return new String(namespace.labelsJson(), StandardCharsets.UTF_8);
    }
  }
}
