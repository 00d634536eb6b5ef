package dev.longshore.shared.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/// What Logback finds in place of a file, through its service loader, before [Logging#start]: JSON
/// lines from WARN on, so that nothing scans for configuration and nothing chatters in tests.
public final class BootConfigurator extends ContextAwareBase implements Configurator {

  /// For the service loader.
  public BootConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.configure(context, "warn", new Stderr());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
