package dev.longshore.alerting.receiver;

import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;

/// One kind of receiver, as the Alertmanager file has it: `slack`, whose entries are
/// `slack_configs`. A kind is a folder beside this one, with its keys, its client, its errors and
/// its tests, and one line in `config.ReceiverKeys`.
public interface ReceiverKind {

  /// The word in metrics and in the names of integrations; with `_configs` its key in the file.
  String name();

  /// Reads its own keys of the section `global`.
  ///
  /// @param http of `global`
  /// @param folder of the file; relative paths begin there
  Reader reader(Section global, HttpSettings http, Path folder);

  /// Reads one entry of its list. What is wrong is a problem of the entry's section.
  interface Reader {
    Integration read(Section entry);
  }
}
