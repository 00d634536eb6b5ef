package dev.longshore.agent.frame;

/// The runtimes whose stack traces are known, as a set of bits.
final class Preset {
  static final int NONE = 0;
  static final int JAVA = 1;
  static final int PYTHON = 1 << 1;
  static final int GO = 1 << 2;
  static final int NODEJS = 1 << 3;
  static final int DOTNET = 1 << 4;
  static final int RUBY = 1 << 5;
  static final int PHP = 1 << 6;
  static final int WITH_EXCEPTIONS = JAVA | NODEJS | DOTNET;
  static final int AUTO = JAVA | PYTHON | GO | NODEJS | DOTNET | RUBY | PHP;

  private Preset() {}

  /// The set that a name of [FrameRules#MULTILINE_NAMES] stands for.
  static int of(String name) {
    return switch (name) {
      case "auto" -> AUTO;
      case "none" -> NONE;
      case "java" -> JAVA;
      case "python" -> PYTHON;
      case "go" -> GO;
      case "nodejs" -> NODEJS;
      case "dotnet" -> DOTNET;
      case "ruby" -> RUBY;
      case "php" -> PHP;
      default -> throw new IllegalArgumentException("no preset '" + name + "'");
    };
  }
}
