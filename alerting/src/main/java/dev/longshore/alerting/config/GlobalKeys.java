package dev.longshore.alerting.config;

import dev.longshore.alerting.receiver.http.HttpKeys;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.time.Duration;

/// The section `global`, but for what each kind of receiver reads of it itself.
///
/// @param http for receivers that say nothing about it
record GlobalKeys(Duration resolveTimeout, HttpSettings http) {

  static GlobalKeys read(Section global, Path folder) {
    Duration resolveTimeout =
        global.value(
            "resolve_timeout",
            PrometheusTypes.DURATION,
            AlertmanagerFile.DEFAULT_RESOLVE_TIMEOUT,
            "");
    HttpSettings http = HttpKeys.read(global, folder, HttpSettings.NONE);
    return new GlobalKeys(resolveTimeout, http);
  }
}
