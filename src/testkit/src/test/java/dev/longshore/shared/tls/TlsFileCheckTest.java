package dev.longshore.shared.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: whatever is wrong with certificates and keys is said before they are used, with the
/// configuration's key, the file and the reason; all of it at once.
final class TlsFileCheckTest {
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=authority", -1, 10);
  private static final Certificates MINE = AUTHORITY.client("alerting", -1, 10);
  private static final Certificates OTHER = AUTHORITY.client("other", -1, 10);
  private static final Certificates EXPIRED = AUTHORITY.client("expired", -10, 5);
  private static final Certificates EARLY = AUTHORITY.client("early", 5, 10);

  @TempDir Path folder;

  private static List<String> problems(
      @Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
    return TlsFileCheck.problems("elasticsearch.", ca, certificate, key, Clock.system());
  }

  @Test
  void whatFitsIsNoProblem() {
    assertThat(problems(MINE.caFile(), MINE.certificateFile(), MINE.keyFile())).isEmpty();
    assertThat(problems(null, null, null)).isEmpty();
  }

  @Test
  void filesThatAreMissingAreNamedAllAtOnce() {
    Path none = folder.resolve("none.pem");
    assertThat(problems(none, none, none))
        .containsExactly(
            "elasticsearch.caFile " + none + " does not exist",
            "elasticsearch.certFile " + none + " does not exist",
            "elasticsearch.keyFile " + none + " does not exist");
  }

  @Test
  void whatCanNotBeReadIsSaid() {
    assertThat(problems(folder, null, null))
        .singleElement()
        .asString()
        .isEqualTo("elasticsearch.caFile " + folder + " can't be read: Is a directory");
  }

  @Test
  void whatIsNoPemIsSaid() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "not a certificate");
    assertThat(problems(text, text, text))
        .containsExactly(
            "elasticsearch.caFile "
                + text
                + " holds no PEM certificate (-----BEGIN CERTIFICATE-----)",
            "elasticsearch.certFile "
                + text
                + " holds no PEM certificate (-----BEGIN CERTIFICATE-----)",
            "elasticsearch.keyFile "
                + text
                + " holds no PEM private key (-----BEGIN PRIVATE KEY-----)");
  }

  @Test
  void aKeyOfAnotherCertificateIsSaid() {
    assertThat(problems(null, MINE.certificateFile(), OTHER.keyFile()))
        .containsExactly(
            "elasticsearch.keyFile "
                + OTHER.keyFile()
                + " is not the private key of elasticsearch.certFile "
                + MINE.certificateFile());
  }

  @Test
  void certificatesThatAreNotValidNowAreSaid() {
    assertThat(problems(null, EXPIRED.certificateFile(), EXPIRED.keyFile()))
        .singleElement()
        .asString()
        .startsWith(
            "elasticsearch.certFile "
                + EXPIRED.certificateFile()
                + ": the certificate of CN=expired expired at 20");
    assertThat(problems(null, EARLY.certificateFile(), EARLY.keyFile()))
        .singleElement()
        .asString()
        .contains(": the certificate of CN=early is valid only from 20");
  }

  @Test
  void ofAuthoritiesOneThatIsValidIsEnough() throws Exception {
    Path expired = CertificateAuthority.create("CN=old", -10, 5).caFile();
    assertThat(problems(expired, null, null)).singleElement().asString().contains("CN=old expired");

    Path both =
        Files.writeString(
            folder.resolve("both.pem"),
            Files.readString(expired) + Files.readString(AUTHORITY.caFile()));
    assertThat(problems(both, null, null)).isEmpty();
  }
}
