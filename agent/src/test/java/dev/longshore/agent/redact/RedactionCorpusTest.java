package dev.longshore.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Of made secrets in realistic lines at least 99 in 100 are found, and of lines that hold none,
/// however much like one they look, none is touched.
class RedactionCorpusTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  @Test
  void findsAtLeast99OfAHundredSecrets() {
    Redacted redacted = Redacted.byDefault();
    List<SecretCorpus.Line> corpus = new SecretCorpus(20261128).lines(20);
    List<String> missed = new ArrayList<>();

    for (SecretCorpus.Line line : corpus) {
      if (redacted.of(line.text()).contains(line.secret())) {
        missed.add(line.pattern().word() + ": " + line.text());
      }
    }

    assertThat(corpus).hasSizeGreaterThan(5_000);
    assertThat(missed)
        .as("%d of %d missed", missed.size(), corpus.size())
        .hasSizeLessThanOrEqualTo(corpus.size() / 100);
  }

  @Test
  void findsEachKindWhereItStandsAlone() {
    for (SecretCorpus.Line line : new SecretCorpus(7).lines(1)) {
      if (line.text().equals(line.secret())) {
        Redacted redacted = Redacted.byDefault();

        assertThat(redacted.of(line.text())).as(line.pattern().word()).isEqualTo("[redacted]");
        assertThat(redacted.count(line.pattern().word())).as(line.text()).isEqualTo(1);
      }
    }
  }

  @Test
  void leavesWhatStandsAroundASecret() {
    Redacted redacted = Redacted.byDefault();
    for (SecretCorpus.Line line : new SecretCorpus(8).lines(3)) {
      if (line.pattern() == BuiltIn.JWT || line.pattern() == BuiltIn.GITHUB_TOKEN) {
        assertThat(redacted.of(line.text()))
            .isEqualTo(line.text().replace(line.secret(), "[redacted]"));
      }
    }
  }

  @Test
  void touchesNoLineOfProgramsThatLogNoSecret() throws IOException {
    Redacted redacted = Redacted.byDefault();
    int lines = 0;
    for (String folder : List.of("golden", "events", "logs", "frame")) {
      try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
        for (Path file : files.sorted().toList()) {
          if (file.toString().endsWith(".log") || file.toString().endsWith(".txt")) {
            String all = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(redacted.of(all)).as(file.toString()).isEqualTo(all);
            for (String line : all.split("\n", -1)) {
              assertThat(redacted.of(line)).isEqualTo(line);
              lines++;
            }
          }
        }
      }
    }
    assertThat(lines).isGreaterThan(1_000);
  }

  @Test
  void touchesNoLineThatOnlyLooksLikeASecret() {
    Redacted redacted = Redacted.byDefault();
    Random random = new Random(20261128);
    for (int round = 0; round < 200; round++) {
      for (String line : innocent(random)) {
        assertThat(redacted.of(line)).isEqualTo(line);
      }
    }
  }

  private static List<String> innocent(Random random) {
    String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
    String trace = hex(random, 32);
    String sha = hex(random, 64);
    byte[] pixels = new byte[300];
    random.nextBytes(pixels);
    String image = Base64.getEncoder().encodeToString(pixels);
    long order = 4_000_000_000_000_000L + random.nextLong(900_000_000_000_000L);
    return List.of(
        "request " + uuid + " took 12ms",
        "{\"id\":\""
            + uuid
            + "\",\"trace_id\":\""
            + trace
            + "\",\"span_id\":\""
            + hex(random, 16)
            + "\"}",
        "traceparent: 00-" + trace + "-" + hex(random, 16) + "-01",
        "Pulled image registry.example.com/shop/checkout@sha256:" + sha,
        "commit " + hex(random, 40) + " built",
        "etag=\"" + hex(random, 32) + "\" md5=" + hex(random, 32),
        "order " + order + " of customer " + random.nextInt(1_000_000) + " placed",
        "{\"orderId\":" + order + ",\"key\":\"cart:" + uuid + "\"}",
        "<img src=\"data:image/png;base64," + image + "\">",
        "{\"thumbnail\":\"" + image + "\"}",
        "2026-11-28T12:00:01.123456789Z 1764331201123456789 done",
        "cache key=" + sha + " hit",
        "pod checkout-7d9f8b6c5-x2x4z in shop has uid " + uuid,
        "at com.example.billing.InvoiceTokenService.refreshToken(InvoiceTokenService.java:101)",
        "unexpected token: '}' at position 17",
        "syntax error near unexpected token `fi'",
        "invalid password: must be at least 8 characters",
        "Failed password for root from 10.0.0.7 port 22 ssh2",
        "FATAL:  password authentication failed for user \"app\"",
        "password = null, ssl.key.password = [hidden], password=******",
        "SELECT * FROM users WHERE password = ? AND token = $1",
        "UPDATE users SET password = :password, pwd=%s WHERE id = 7",
        "PWD=/srv/app/current OLDPWD=/srv/app",
        "bearer token expired, basic authentication required",
        "Bearer authentication is not configured",
        "Authorization: required",
        "secret=\"default/checkout-tls\" not found",
        "{\"secret\":\"kube-system/bootstrap-signer\",\"ns\":\"shop\"}",
        "max_tokens=4096 prompt_tokens: 17 {\"total_tokens\":99}",
        "{\"nextPageToken\":\"CAUQAA" + hex(random, 20) + "\"}",
        "{\"hasPassword\":true,\"password\":null,\"passwordResetRequired\":false}",
        "GET https://example.com:8443/a?b=c and http://user@example.com/ and ssh://git@example.com:22/a",
        "-----BEGIN CERTIFICATE-----\n" + image + "\n-----END CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + image.substring(0, 40) + " app@host",
        "class=sk-circle-fade-dot-with-many-words-in-it id=sk-folding-cube",
        "s3://bucket/eyJhbGciOi/" + uuid + ".parquet",
        "passed: 10, pass=12, bypass=true, compass=n270, tests pass: 100%",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile/15E148");
  }

  private static String hex(Random random, int characters) {
    StringBuilder text = new StringBuilder(characters);
    while (text.length() < characters) {
      text.append(Character.forDigit(random.nextInt(16), 16));
    }
    return text.toString();
  }
}
