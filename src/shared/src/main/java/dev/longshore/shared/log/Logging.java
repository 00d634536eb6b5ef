package dev.longshore.shared.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The process's log, set up in code: on stderr, as text where that is a terminal, else as JSON
/// lines.
///
/// Logback looks for no file: a service of this jar takes the place of its configurator, so that a
/// test or a tool that never calls [#start] logs warnings as JSON lines too.
public final class Logging {

  /// The environment variable that sets the level.
  public static final String LEVEL_VARIABLE = "LONGSHORE_LOG_LEVEL";

  /// The environment variable that sets the format: `json` or `text`.
  public static final String FORMAT_VARIABLE = "LONGSHORE_LOG_FORMAT";

  private static final Level STANDARD = Level.INFO;
  private static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error");

  /// Libraries that tell at INFO what nobody asked for.
  private static final List<String> CHATTY =
      List.of("net.openhft", "chronicle", "org.apache.http", "io.fabric8", "co.elastic", "okhttp3");

  /// Libraries that warn of each attempt that fails, where we tell it once and say what to do.
  private static final List<String> REPETITIVE = List.of("io.fabric8.kubernetes.client.informers");

  private Logging() {}

  /// Logs from `level` on; a level that is none is said, and INFO taken.
  ///
  /// @param level `trace`, `debug`, `info`, `warn` or `error`, in any case
  public static void start(String level) {
    configure(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        level,
        isText(System.getenv(FORMAT_VARIABLE), Terminal.isAt(2)),
        new Stderr());
  }

  /// Whether the log is text; what the environment says goes before what stderr is.
  static boolean isText(@Nullable String format, boolean terminal) {
    return (format == null || format.isBlank()) ? terminal : format.strip().equals("text");
  }

  /// The level that the environment asks for, INFO without one.
  public static String levelFrom(Map<String, String> env) {
    String level = env.get(LEVEL_VARIABLE);
    return level == null || level.isBlank() ? STANDARD.levelStr : level.strip();
  }

  static void configure(LoggerContext context, String level, OutputStream out) {
    configure(context, level, false, out);
  }

  static void configure(LoggerContext context, String level, boolean text, OutputStream out) {
    context.reset();
    context.setPackagingDataEnabled(false);
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    Encoder<ILoggingEvent> encoder = text ? new TextLines(ZoneId.systemDefault()) : new JsonLines();
    encoder.setContext(context);
    encoder.start();
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();

    Level threshold = parse(level);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(threshold == null ? STANDARD : threshold);
    Level chatty = root.getLevel().isGreaterOrEqual(Level.WARN) ? root.getLevel() : Level.WARN;
    for (String name : CHATTY) {
      context.getLogger(name).setLevel(chatty);
    }
    for (String name : REPETITIVE) {
      context.getLogger(name).setLevel(Level.ERROR);
    }
    if (threshold == null) {
      context
          .getLogger(Logging.class)
          .atWarn()
          .addKeyValue("level", level)
          .addKeyValue("accepted", String.join(", ", LEVELS))
          .log("unknown log level in " + LEVEL_VARIABLE + "; info is taken");
    }
  }

  private static @Nullable Level parse(String level) {
    String name = level.toLowerCase(Locale.ROOT);
    return LEVELS.contains(name) ? Level.toLevel(name) : null;
  }
}
