package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Promise: what the default templates make is what Alertmanager's make.
final class DefaultTemplatesTest {
  @Test
  void aLinkHoldsWhateverAReceiverIsCalled() throws Exception {
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(Clock.system()));
    DefaultTemplates.addTo(library);
    AlertGroup group =
        new AlertGroup("id", "{}:{}", "shop & pages", Labels.EMPTY, List.of(), Duration.ofHours(4));
    NotificationData data =
        NotificationData.of(
            GroupNotification.of(group, Instant.EPOCH, true, _ -> null),
            true,
            Reason.FIRST,
            "https://alerts.example.com",
            UnaryOperator.identity());
    assertThat(library.compile("t", "{{ template \"__alertmanagerURL\" . }}").execute(data))
        .isEqualTo("https://alerts.example.com/#/alerts?receiver=shop+%26+pages");
  }
}
