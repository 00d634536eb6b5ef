package dev.longshore.alerting.receiver.sns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.HttpSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a profile means what it means to AWS' own tools, and what it can't mean here is said.
final class AwsProfilesTest {
  @TempDir Path home;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void write() throws IOException {
    environment.put("HOME", home.toString());
    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/credentials"),
        """
        # keys
        [default]
        aws_access_key_id = AKIADEFAULT
        aws_secret_access_key = default/secret=
        [alerts]
        aws_access_key_id=AKIAALERTS
        aws_secret_access_key=alerts+secret
        aws_session_token = session
        ; another
        [half]
        aws_access_key_id = AKIAHALF
        """);
    Files.writeString(
        home.resolve(".aws/config"),
        """
        [default]
        region = us-east-1
        [profile alerts]
        region = eu-west-1
        aws_access_key_id = AKIACONFIG
        s3 =
            region = nowhere
        [profile sso]
        sso_session = corp
        """);
  }

  private AwsAccess access(String profile) {
    return new AwsAccess("", "", null, "", "", profile, false, environment);
  }

  private AwsAccess.Result credentials(String profile) {
    try (HttpSender sender = new HttpSender(HttpSettings.NONE, Duration.ofSeconds(1))) {
      return access(profile).credentials(sender, "eu-central-1");
    }
  }

  @Test
  void itsKeysAreThoseOfTheCredentialsFileBeforeTheOthers() {
    assertThat(credentials("alerts"))
        .isEqualTo(new AwsAccess.Result.Credentials("AKIAALERTS", "alerts+secret", "session"));
    assertThat(credentials("default"))
        .isEqualTo(new AwsAccess.Result.Credentials("AKIADEFAULT", "default/secret=", ""));
  }

  @Test
  void itGoesBeforeTheEnvironment() {
    environment.put("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT");
    environment.put("AWS_REGION", "ap-south-1");
    assertThat(credentials("alerts").toString()).contains("AKIAALERTS");
    assertThat(access("alerts").regionOr("eu-central-1")).isEqualTo("eu-west-1");
    assertThat(access("").regionOr("eu-central-1")).isEqualTo("ap-south-1");
  }

  @Test
  void theFilesMayLieElsewhere() throws Exception {
    Path elsewhere =
        Files.writeString(
            home.resolve("keys"),
            "[team]\naws_access_key_id=AKIATEAM\naws_secret_access_key=team\n");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", elsewhere.toString());
    assertThat(credentials("team").toString()).contains("AKIATEAM");
  }

  @Test
  void whatItCanNotMeanIsSaid() {
    assertThat(remedy("absent"))
        .isEqualTo(
            "There is no profile 'absent' in "
                + home.resolve(".aws/credentials")
                + " and "
                + home.resolve(".aws/config")
                + ".");
    assertThat(remedy("half")).contains("'half' has no aws_access_key_id with");
    assertThat(remedy("sso")).contains("single sign-on").contains("not supported");
  }

  @Test
  void profilesThatLeadToEachOtherEnd() throws Exception {
    Files.writeString(
        home.resolve(".aws/config"),
        """
        [profile a]
        role_arn = arn:aws:iam::1:role/a
        source_profile = b
        [profile b]
        role_arn = arn:aws:iam::1:role/b
        source_profile = a
        """);
    assertThat(remedy("a")).contains("'a' leads to too many others");
  }

  private String remedy(String profile) {
    return credentials(profile)
            instanceof AwsAccess.Result.Failed(DeliveryResult.Misconfigured(_, String remedy))
        ? remedy
        : "";
  }
}
