package dev.longshore.alerting.reload;

import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Alerting's own file, read again at each reload. `rules`, `evaluation`, `evidence` and
/// `acknowledgements` take effect then; what else has changed does at the next start, since ports,
/// connections and the state hang on it. Reading blocks on the disk.
public final class OwnFile {

  /// A section that takes effect at a start.
  private record Fixed(String name, Function<AlertingConfig, @Nullable Object> value) {}

  private static final List<Fixed> FIXED =
      List.of(
          new Fixed("kubernetes", it -> it.rules().cluster()),
          new Fixed("routing", AlertingConfig::routing),
          new Fixed("oncall", AlertingConfig::onCall),
          new Fixed("prometheus", AlertingConfig::prometheus),
          new Fixed(
              "elasticsearch", it -> List.of(it.logs().withKibana(null), of(it.elasticsearch()))),
          new Fixed("kibana", AlertingConfig::kibana),
          new Fixed("runbookUrl", AlertingConfig::runbooks),
          new Fixed("state", it -> List.of(it.stateDir(), of(it.postgres()))),
          new Fixed("api", AlertingConfig::api),
          new Fixed("web", AlertingConfig::web),
          new Fixed("heartbeat", AlertingConfig::heartbeat));

  private final AlertingConfig atStart;
  private final Supplier<AlertingConfig> reader;

  /// @param atStart what the process was started with
  /// @param reader reads it again
  public OwnFile(AlertingConfig atStart, Supplier<AlertingConfig> reader) {
    this.atStart = atStart;
    this.reader = reader;
  }

  private static Object of(@Nullable Object value) {
    return value == null ? "" : value;
  }

  /// What it says now.
  ///
  /// @param atNextStart sections that are other than at the start and take effect at the next one
  public record Contents(AlertingConfig config, List<String> atNextStart) {
    public Contents {
      atNextStart = List.copyOf(atNextStart);
    }
  }

  /// Reads it.
  ///
  /// @throws BrokenException with everything that is wrong
  Contents read() throws BrokenException {
    AlertingConfig now;
    try {
      now = reader.get();
    } catch (ConfigException e) {
      throw new BrokenException(String.valueOf(e.getMessage()));
    }
    return new Contents(
        now,
        FIXED.stream()
            .filter(it -> !Objects.equals(it.value.apply(now), it.value.apply(atStart)))
            .map(Fixed::name)
            .toList());
  }

  Path path() {
    return atStart.file();
  }
}
