package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import java.util.List;

/// What a pod or the configuration says of one container's framing.
///
/// @param multiline one of [#MULTILINE_NAMES]
/// @param dropStdout records of stdout are counted and not put out
/// @param dropStderr records of stderr are counted and not put out
public record FrameRules(String multiline, boolean dropStdout, boolean dropStderr) {

  /// What `multiline` may be.
  public static final List<String> MULTILINE_NAMES =
      List.of("auto", "none", "java", "python", "go", "nodejs", "dotnet", "ruby", "php");

  /// @throws IllegalArgumentException when there is no preset of that name
  public FrameRules {
    if (!MULTILINE_NAMES.contains(multiline)) {
      throw new IllegalArgumentException(
          "multiline is '" + multiline + "'; accepted are " + MULTILINE_NAMES);
    }
  }

  /// What holds where no pod says otherwise.
  public static FrameRules of(FrameConfig config) {
    return new FrameRules(config.multiline(), false, false);
  }

  boolean drops(int stream) {
    return stream == Block.STDOUT ? dropStdout : dropStderr;
  }
}
