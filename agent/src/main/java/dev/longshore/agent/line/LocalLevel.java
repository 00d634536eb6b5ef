package dev.longshore.agent.line;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Levels beyond ASCII: those of java.util.logging, PostgreSQL and others where they speak Chinese,
/// Japanese, Korean or Russian. Those of languages with Latin letters are [Level]'s.
final class LocalLevel {
  private static final Word[] WORDS = {
    word("严重", Level.ERROR),
    word("嚴重", Level.ERROR),
    word("错误", Level.ERROR),
    word("錯誤", Level.ERROR),
    word("致命错误", Level.FATAL),
    word("致命", Level.FATAL),
    word("警告", Level.WARN),
    word("信息", Level.INFO),
    word("資訊", Level.INFO),
    word("调试", Level.DEBUG),
    word("重大", Level.ERROR),
    word("エラー", Level.ERROR),
    word("情報", Level.INFO),
    word("심각", Level.ERROR),
    word("오류", Level.ERROR),
    word("경고", Level.WARN),
    word("정보", Level.INFO),
    word("ОШИБКА", Level.ERROR),
    word("Ошибка", Level.ERROR),
    word("ПРЕДУПРЕЖДЕНИЕ", Level.WARN),
    word("Предупреждение", Level.WARN),
    word("ИНФОРМАЦИЯ", Level.INFO),
    word("ВАЖНО", Level.FATAL),
  };

  /// The colon of Chinese and Japanese.
  private static final byte[] WIDE_COLON = "：".getBytes(UTF_8);

  /// What may follow a word that is a level.
  enum Ending {
    /// A colon: the word is the line's first.
    COLON,
    /// A colon or a blank: a time is before it.
    BLANK,
    /// The bracket that is closed.
    BRACKET
  }

  private record Word(byte[] text, Level level) {}

  private LocalLevel() {}

  private static Word word(String text, Level level) {
    return new Word(text.getBytes(UTF_8), level);
  }

  /// The level whose word begins at `at`, or [Level#NONE].
  static Level of(byte[] bytes, int at, int limit, Ending ending) {
    for (Word word : WORDS) {
      int behind = at + word.text.length;
      if (behind < limit
          && Bytes.startsWith(bytes, at, limit, word.text)
          && isEnd(bytes, behind, limit, ending)) {
        return word.level;
      }
    }
    return Level.NONE;
  }

  /// Where the words behind a level begin.
  static int behind(byte[] bytes, int at, int limit) {
    int i = at;
    while (i < limit && bytes[i] < 0 && !Bytes.startsWith(bytes, i, limit, WIDE_COLON)) {
      i++;
    }
    return Bytes.startsWith(bytes, i, limit, WIDE_COLON) ? i + WIDE_COLON.length : i;
  }

  private static boolean isEnd(byte[] bytes, int at, int limit, Ending ending) {
    boolean colon = bytes[at] == ':' || Bytes.startsWith(bytes, at, limit, WIDE_COLON);
    return switch (ending) {
      case COLON -> colon;
      case BLANK -> colon || bytes[at] == ' ' || bytes[at] == '\t';
      case BRACKET -> bytes[at] == ']';
    };
  }
}
