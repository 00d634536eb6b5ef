package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.shared.ops.OpsReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Answers that take long keep further requests out, and answers that fail do not for ever.
final class AdmissionTest {
  private final Admission one = new Admission(1, Duration.ofMillis(1));

  @Test
  void aRequestIsRefusedUntilTheLastByteOfTheOneBeforeItIsTaken() throws Exception {
    OpsReply first = one.admit(() -> OpsReply.text(200, "first"));
    assertThat(first.status()).isEqualTo(200);

    OpsReply second = one.admit(() -> OpsReply.text(200, "second"));
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.headers()).containsEntry("Retry-After", "1");

    first.body().writeTo(new ByteArrayOutputStream());
    assertThat(one.admit(() -> OpsReply.text(200, "third")).status()).isEqualTo(200);
  }

  @Test
  void aRequestThatFailsAndAClientThatIsGoneGiveTheirTurnBack() throws Exception {
    assertThatThrownBy(
            () ->
                one.admit(
                    () -> {
                      throw new ApiException(400, "unsound");
                    }))
        .isInstanceOf(ApiException.class);
    OpsReply cut =
        one.admit(
            () ->
                ApiJson.reply(
                    200,
                    _ -> {
                      throw new IOException("the client is gone");
                    }));
    assertThatThrownBy(() -> cut.body().writeTo(new ByteArrayOutputStream()))
        .isInstanceOf(IOException.class);
    assertThat(one.admit(() -> OpsReply.text(200, "next")).status()).isEqualTo(200);
  }
}
