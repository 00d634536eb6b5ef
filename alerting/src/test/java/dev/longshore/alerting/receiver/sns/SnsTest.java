package dev.longshore.alerting.receiver.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Amazon SNS gets a form that is signed as AWS asks.
final class SnsTest {
  private static final String FILE =
      """
      receivers:
        - name: team
          sns_configs:
            - api_url: URL/
              topic_arn: arn:aws:sns:eu-central-1:123456789012:alerts.fifo
              attributes: {team: shop}
              sigv4: {access_key: AKIDEXAMPLE, secret_key: wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY}
      """;

  @TempDir Path folder;

  /// The example of AWS' own test suite for `post-x-www-form-urlencoded`.
  @Test
  void theSignatureIsAwss() {
    assertThat(
            AwsSignature.authorization(
                URI.create("https://example.amazonaws.com/"),
                "Param1=value1",
                "service",
                "us-east-1",
                new AwsAccess.Result.Credentials(
                    "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""),
                "20150830T123600Z"))
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + " SignedHeaders=content-type;host;x-amz-date,"
                + " Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  }

  @Test
  void aTopicGetsAFormThatIsSigned() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(folder, FILE, request -> new Reply(200, "<PublishResponse/>"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      Request request = rig.last();
      assertThat(request.body())
          .contains(
              "Action=Publish",
              "TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A123456789012%3Aalerts.fifo",
              "MessageAttributes.entry.1.Name=team",
              "MessageGroupId=",
              "MessageDeduplicationId=");
      String stamp = Objects.requireNonNull(request.headers().get("X-Amz-Date"));
      assertThat(request.headers().get("Authorization"))
          .isEqualTo(
              AwsSignature.authorization(
                  URI.create("http://" + request.headers().get("Host") + "/"),
                  request.body(),
                  "sns",
                  "eu-central-1",
                  new AwsAccess.Result.Credentials(
                      "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""),
                  stamp));
    }
  }

  @Test
  void throttlingIsTriedAgain() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder, FILE, request -> new Reply(400, "<Error><Code>Throttling</Code></Error>"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOf(DeliveryResult.Retry.class);
    }
  }

  @Test
  void oneTargetIsNeeded() {
    assertThatThrownBy(
            () -> ReceiverRig.integration(folder, "receivers: [{name: team, sns_configs: [{}]}]"))
        .hasMessageContaining("exactly one of topic_arn");
  }
}
