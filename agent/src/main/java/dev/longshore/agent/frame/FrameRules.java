package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import java.util.List;

/// What a pod or the configuration says of one container's framing.
///
/// @param multilineStdout how lines of stdout are joined: one of [#MULTILINE_NAMES]
/// @param multilineStderr the same for stderr
/// @param dropStdout records of stdout are counted and not put out
/// @param dropStderr records of stderr are counted and not put out
public record FrameRules(
    String multilineStdout, String multilineStderr, boolean dropStdout, boolean dropStderr) {

  /// What `multiline` may be.
  public static final List<String> MULTILINE_NAMES =
      List.of("auto", "none", "java", "python", "go", "nodejs", "dotnet", "ruby", "php");

  /// @throws IllegalArgumentException when there is no preset of that name
  public FrameRules {
    known(multilineStdout);
    known(multilineStderr);
  }

  /// Both streams are joined alike.
  public FrameRules(String multiline, boolean dropStdout, boolean dropStderr) {
    this(multiline, multiline, dropStdout, dropStderr);
  }

  private static void known(String multiline) {
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

  String multiline(int stream) {
    return stream == Block.STDOUT ? multilineStdout : multilineStderr;
  }
}
