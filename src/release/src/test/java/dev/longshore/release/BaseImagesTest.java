package dev.longshore.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The images that ours are made of are the same for a build and for a release, and the bot finds
/// each of them with its digest.
class BaseImagesTest {
  private static final Path PROJECT = ProjectFolder.find();

  @Test
  void aBuildTakesThoseOfARelease() throws Exception {
    String dockerfile = Files.readString(PROJECT.resolve("Dockerfile"));

    assertThat(images()).hasSize(2);
    for (String line : images()) {
      assertThat(dockerfile).contains("\nARG " + line.replaceFirst("@sha256:.*", "") + "\n");
    }
  }

  @Test
  void theBotKeepsTheirDigests() throws Exception {
    JsonNode bot = new ObjectMapper().readTree(PROJECT.resolve("renovate.json").toFile());
    JsonNode manager = bot.at("/customManagers/0");
    Pattern pattern = Pattern.compile(manager.at("/matchStrings/0").asText());

    assertThat(manager.at("/managerFilePatterns/0").asText())
        .isEqualTo("/^deploy/base-images\\.env$/");
    for (String line : images()) {
      Matcher plain = pattern.matcher(line);
      assertThat(plain.find()).as(line).isTrue();
      assertThat(line).contains(plain.group("depName") + ":" + plain.group("currentValue"));
    }
    Matcher pinned = pattern.matcher("BASE_IMAGE=debian:bookworm-slim@sha256:0a1b");
    assertThat(pinned.find()).isTrue();
    assertThat(pinned.group("currentDigest")).isEqualTo("sha256:0a1b");
  }

  private static List<String> images() throws Exception {
    return Files.readAllLines(PROJECT.resolve("deploy/base-images.env")).stream()
        .filter(it -> !it.startsWith("#"))
        .toList();
  }
}
