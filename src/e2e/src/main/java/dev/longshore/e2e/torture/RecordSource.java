package dev.longshore.e2e.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What a container writes: plain lines, JSON, lines that the runtime splits, also with a line of
/// the other stream in between, stack traces. Each line carries its number as `tok<number>_`. The
/// same random gives the same records.
final class RecordSource {
  private static final String PADDING =
      "crane berth hold quay tally slings winch hatch ".repeat(400);
  private static final int RUNTIME_PART = 16 << 10;

  private final SplittableRandom random;
  private final boolean docker;

  /// @param docker whether the runtime splits at 16 KiB and nowhere else
  RecordSource(SplittableRandom random, boolean docker) {
    this.random = random;
    this.docker = docker;
  }

  /// The lines of the next record, or of two that are interleaved.
  ///
  /// @param number of the first line; the others follow
  List<Piece> next(int number) {
    int kind = random.nextInt(1000);
    if (kind < 2) {
      return List.of(
          new Piece(
              "stdout", token(number) + " " + Piece.POISON + " " + padding(60), false, 0, true));
    }
    if (kind < (docker ? 8 : 40)) {
      boolean whole = docker || random.nextInt(10) == 0;
      return parts(number, random.nextInt(2, 5), whole ? RUNTIME_PART : random.nextInt(50, 900));
    }
    if (kind < 60 && !docker) {
      return interleaved(number);
    }
    if (kind < 90) {
      return trace(number);
    }
    if (kind < 400) {
      return List.of(
          new Piece(
              "stdout",
              "{\"level\":\"info\",\"message\":\"lifted %s\",\"berth\":%d,\"note\":\"%s\"}"
                  .formatted(token(number), random.nextInt(40), padding(random.nextInt(200))),
              false,
              0,
              false));
    }
    if (kind < 405) {
      return List.of(new Piece("stdout", token(number), false, 0, false));
    }
    return List.of(
        new Piece(
            random.nextInt(4) == 0 ? "stderr" : "stdout",
            "level=info msg=\"tally %s\" %s".formatted(token(number), padding(random.nextInt(300))),
            false,
            0,
            false));
  }

  static String token(int number) {
    return "tok" + number + "_";
  }

  private static String padding(int length) {
    return PADDING.substring(0, length);
  }

  private List<Piece> parts(int number, int count, int partBytes) {
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean last = i == count - 1;
      String token = token(number + i);
      int length = last ? random.nextInt(1, 200) : partBytes - token.length();
      pieces.add(new Piece("stdout", token + padding(length), !last, 0, false));
    }
    return pieces;
  }

  private List<Piece> interleaved(int number) {
    return List.of(
        new Piece("stdout", token(number) + padding(random.nextInt(300)), true, 0, false),
        new Piece("stderr", token(number + 1) + padding(random.nextInt(100)), false, 1, false),
        new Piece("stdout", token(number + 2) + padding(random.nextInt(100)), false, 0, false));
  }

  private List<Piece> trace(int number) {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(
        new Piece(
            "stderr",
            "java.lang.IllegalStateException: hold is locked " + token(number),
            false,
            0,
            false));
    int frames = random.nextInt(2, 12);
    for (int i = 1; i <= frames; i++) {
      pieces.add(
          new Piece(
              "stderr",
              "\tat dev.example.dock.Crane$%s.lift(Crane.java:%d)".formatted(token(number + i), i),
              false,
              0,
              false));
    }
    return pieces;
  }
}
