package dev.longshore.shared.web;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The record of changes that come by a port: an [AuditLine] for each.
final class Audit {
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
    Map<String, String> more = new LinkedHashMap<>();
    if (caller.forwardedFor() != null) {
      more.put("forwardedFor", caller.forwardedFor());
    }
    more.put("method", method);
    more.put("path", path);
    more.putAll(what);
    AuditLine.write(
        caller.name() == null ? "anonymous" : caller.name(),
        Words.of(caller.login()),
        caller.from().getHostAddress(),
        more);
  }
}
