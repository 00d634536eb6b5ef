package dev.longshore.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is looked for, where it ends, and what stands in its place.
class RedactorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "password=hunter2 user=app | password=[redacted] user=app",
        "{\"password\":\"a \\\"b\\\" c\",\"n\":1} | {\"password\":\"[redacted]\",\"n\":1}",
        "{\"password\":123456,\"n\":1} | {\"password\":\"[redacted]\",\"n\":1}",
        "{\"m\":\"{\\\"password\\\":\\\"x\\\\\\\"y\\\"}\"} | {\"m\":\"{\\\"password\\\":\\\"[redacted]\\\"}\"}",
        "{\"m\":\"password:\",\"x\":\"y\"} | {\"m\":\"password:\",\"x\":\"y\"}",
        "{\"password\":[\"a1\",\"b2\"]} | {\"password\":[\"[redacted]\",\"[redacted]\"]}",
        "{\"password\":{\"min\":8}} | {\"password\":{\"min\":8}}",
        "postgres://app:p@ss:w@db/shop | postgres://app:[redacted]@db/shop",
        "Authorization: Basic YXBwOnNlY3JldA== | Authorization: Basic [redacted]",
        "with Basic YXBwOnNlY3JldHNlY3JldA== now | with Basic [redacted] now",
        "a=1&access_token=abc12345678&b=2 | a=1&access_token=[redacted]&b=2"
      })
  void replacesTheSecretAlone(String line, String shipped) {
    assertThat(Redacted.byDefault().of(line)).isEqualTo(shipped);
  }

  @Test
  void looksForSecretsAloneWhereNobodySaysOtherwise() {
    String line = "jane@example.com from 10.0.0.7 paid with 4111111111111111";

    assertThat(Redacted.byDefault().of(line)).isEqualTo(line);
    assertThat(Redacted.with("card", "email", "ip").of(line))
        .isEqualTo("[redacted] from [redacted] paid with [redacted]");
  }

  @ParameterizedTest
  @CsvSource({
    "4111111111111111, true",
    "4111-1111-1111-1111, true",
    "5555 5555 5555 4444, true",
    "378282246310005, true",
    "3782 822463 10005, true",
    "6011111111111117, true",
    "4111111111111112, false",
    "9111111111111111, false",
    "14111111111111111, false",
    "o-4111111111111111, false",
    "1764331201123456789, false",
    "4111111111111111ab, false",
    "4111111111111111., true",
    "4111111111111111.25, false",
    "2200123456789019, true",
    "6759649826438453, true"
  })
  void aCardNumberHasAnIssuerAndACheckDigit(String number, boolean card) {
    String left = number.endsWith(".") ? "." : "";
    assertThat(Redacted.with("card").of("paid with " + number + " today"))
        .isEqualTo("paid with " + (card ? "[redacted]" + left : number) + " today");
  }

  @Test
  void aCardNumberIsFoundInWhatItsMagneticStripeSays() {
    assertThat(Redacted.with("card").of("%B4111111111111111^DOE/J^2512 ;4111111111111111=2512"))
        .isEqualTo("%B[redacted]^DOE/J^2512 ;[redacted]=2512");
  }

  @Test
  void aCardNumberIsFoundBesideOtherNumbers() {
    assertThat(Redacted.with("card").of("cards 4111111111111111 5555555555554444 17 3"))
        .isEqualTo("cards [redacted] [redacted] 17 3");
  }

  @Test
  void aCardNumberThatIsANumberOfJsonBecomesAString() {
    assertThat(Redacted.with("card").of("{\"pan\":4111111111111111,\"m\":\"4111111111111111\"}"))
        .isEqualTo("{\"pan\":\"[redacted]\",\"m\":\"[redacted]\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.7, true",
    "255.255.255.255, true",
    "2001:db8::8a2e:370:7334, true",
    "fe80::1, true",
    "::ffff:10.0.0.7, true",
    "2001:0db8:0000:0000:0000:ff00:0042:8329, true",
    "12:34:56, false",
    "256.1.1.1, false",
    "1.2.3.4.5, false",
    "v1.2.3.4, false",
    "00:1a:2b:3c:4d:5e, false",
    "DB::Exception, false"
  })
  void addressesAreThoseOfTheInternet(String text, boolean address) {
    assertThat(Redacted.with("ip").of("from " + text + " at once"))
        .isEqualTo("from " + (address ? "[redacted]" : text) + " at once");
  }

  @Test
  void anAddressKeepsItsPort() {
    assertThat(Redacted.with("ip").of("dial 10.0.0.7:5432, [2001:db8::1]:443"))
        .isEqualTo("dial [redacted]:5432, [[redacted]]:443");
  }

  @Test
  void countsByPattern() {
    Redacted redacted = Redacted.byDefault();

    String shipped = redacted.of("password=hunter2 and token gh" + "p_" + "a1B2".repeat(9));

    assertThat(shipped).isEqualTo("password=[redacted] and token [redacted]");
    assertThat(redacted.count("password")).isEqualTo(1);
    assertThat(redacted.count("github_token")).isEqualTo(1);
    assertThat(redacted.count("jwt")).isZero();
  }

  @Test
  void leavesOutWhatTheFirstGroupOfAnOwnPatternMatches() {
    RedactConfig config =
        new RedactConfig(
            List.of("secrets"),
            List.of(new CustomPattern("customer", "CUST-(\\d{8})", "CUST-", true)));

    Redacted redacted = new Redacted(config);

    assertThat(redacted.of("order of CUST-12345678 for é CUST-87654321"))
        .isEqualTo("order of CUST-[redacted] for é CUST-[redacted]");
    assertThat(redacted.count("customer")).isEqualTo(2);
  }

  @Test
  void anOwnPatternThatIsNotEnabledHoldsForPodsThatNameIt() {
    RedactConfig config =
        new RedactConfig(
            List.of("secrets"), List.of(new CustomPattern("iban", "DE\\d{20}", "", false)));
    String line = "from DE12345678901234567890";

    assertThat(new Redacted(config).of(line)).isEqualTo(line);
    assertThat(new Redacted(config, "iban").of(line)).isEqualTo("from [redacted]");
  }

  @Test
  void aPodTakesPatternsAway() {
    assertThat(Redacted.with("-password").of("password=hunter2")).isEqualTo("password=hunter2");
    assertThat(Redacted.with("-secrets").of("password=hunter2")).isEqualTo("password=hunter2");
  }

  @Test
  void aWordAtACutIsLeftOutWhereItMayBeAPieceOfASecret() {
    Redacted redacted = Redacted.byDefault();

    assertThat(redacted.piece("a1B2c3D4 and then gh" + "p_a1B2", true, true))
        .isEqualTo("[redacted] and then [redacted]");
    assertThat(redacted.piece("words and then words", true, true))
        .isEqualTo("words and then words");
  }

  @Test
  void saysAllThatIsWrongAtOnce() {
    assertThatThrownBy(
            () ->
                new RedactConfig(
                    List.of("secrets", "passwrod"),
                    List.of(
                        new CustomPattern("a", "x", "", true),
                        new CustomPattern("a", "y", "", true),
                        new CustomPattern("jwt", "z", "", true))))
        .hasMessageContaining("custom has 'a' twice or as a built-in name")
        .hasMessageContaining("custom has 'jwt' twice")
        .hasMessageContaining("patterns has 'passwrod'; known are secrets, all, jwt");
    assertThatThrownBy(() -> new CustomPattern("Übel", "a(?=b)", "", true))
        .hasMessageContaining("name is 'Übel'")
        .hasMessageContaining("RE2's syntax");
    assertThatThrownBy(() -> new CustomPattern("any", ".*", "", true))
        .hasMessageContaining("matches the empty text");
  }
}
