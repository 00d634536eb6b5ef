package dev.longshore.shared.web;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// A change that somebody made: one line at level info of the logger `dev.longshore.audit`, with
/// who, from where and what.
public final class AuditLine {
  private static final Logger LOG = LoggerFactory.getLogger("dev.longshore.audit");

  private AuditLine() {}

  /// Writes one.
  ///
  /// @param login how the name was proved
  /// @param from an address, or the service by which it came
  /// @param what in the order to be written: `method` and `path`, then what has changed
  public static void write(String user, String login, String from, Map<String, String> what) {
    LoggingEventBuilder line =
        LOG.atInfo()
            .setMessage("change")
            .addKeyValue("user", user)
            .addKeyValue("login", login)
            .addKeyValue("from", from);
    for (Map.Entry<String, String> detail : what.entrySet()) {
      line = line.addKeyValue(detail.getKey(), detail.getValue());
    }
    line.log();
  }
}
