package dev.longshore.shared.web;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// The record of changes: one line at level info of the logger `dev.longshore.audit` for each, with
/// who, from where and what.
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("dev.longshore.audit");
  private static final int SENDERS = 1024;

  /// Who was seen to send alerts. Guarded by itself.
  private final Set<String> senders =
      Collections.newSetFromMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > SENDERS;
            }
          });

  /// @param routine whether it is done again and again by machines: then the first time of each
  ///   caller is told
  void changed(
      Caller caller, String method, String path, Map<String, String> what, boolean routine) {
    if (routine) {
      synchronized (senders) {
        if (!senders.add(caller.name() + "@" + caller.from().getHostAddress())) {
          return;
        }
      }
    }
    LoggingEventBuilder line =
        LOG.atInfo()
            .setMessage("change")
            .addKeyValue("user", caller.name() == null ? "anonymous" : caller.name())
            .addKeyValue("login", Words.of(caller.login()))
            .addKeyValue("from", caller.from().getHostAddress());
    if (caller.forwardedFor() != null) {
      line = line.addKeyValue("forwardedFor", caller.forwardedFor());
    }
    line = line.addKeyValue("method", method).addKeyValue("path", path);
    for (Map.Entry<String, String> detail : what.entrySet()) {
      line = line.addKeyValue(detail.getKey(), detail.getValue());
    }
    line.log();
  }
}
