package dev.longshore.alerting.receiver.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackServer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `alerting check` says of both tokens whether Slack takes them.
final class SlackGreetTest {
  private final ManualClock clock = new ManualClock();
  private SlackServer slack;

  @BeforeEach
  void open() {
    slack = SlackServer.start(clock);
  }

  @AfterEach
  void close() {
    slack.close();
  }

  private @Nullable DeliveryResult greet(SecretSource appLevelToken) throws Exception {
    SlackSettings settings =
        SlackSettings.of(
                new SlackAccess.Bot(SecretSource.given(SlackServer.TOKEN), slack.apiUrl()), "#a")
            .with(SlackAnswers.of(appLevelToken));
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    try (ReceiverClient client = settings.open("shop", "slack[0]", library, "")) {
      return client.greet();
    }
  }

  @Test
  void knowsUsWhereBothTokensAreTaken() throws Exception {
    assertThat(greet(SecretSource.given(SlackServer.APP_TOKEN)))
        .isInstanceOf(DeliveryResult.Delivered.class);
  }

  @Test
  void saysThatTheAppLevelTokenLacksItsScope() throws Exception {
    slack.mayConnect(false);

    assertThat(greet(SecretSource.given(SlackServer.APP_TOKEN)))
        .isInstanceOfSatisfying(
            DeliveryResult.Misconfigured.class,
            it -> {
              assertThat(it.code()).isEqualTo("missing_scope");
              assertThat(it.remedy()).contains("app-level token", "connections:write");
            });
  }

  @Test
  void saysThatTheFileWithTheAppLevelTokenIsNotThere(@TempDir Path dir) throws Exception {
    assertThat(greet(SecretSource.file(dir.resolve("app-token"))))
        .isInstanceOfSatisfying(
            DeliveryResult.Misconfigured.class,
            it -> assertThat(it.remedy()).contains("app-token"));
  }
}
