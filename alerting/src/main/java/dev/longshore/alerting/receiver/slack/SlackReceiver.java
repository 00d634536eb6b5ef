package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.receiver.ReceiverKind;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// `slack_configs`.
public final class SlackReceiver implements ReceiverKind {
  @Override
  public String name() {
    return SlackSettings.KIND;
  }

  @Override
  public Reader reader(Section global, HttpSettings http, Path folder) {
    return SlackKeys.of(global, http, folder);
  }
}
