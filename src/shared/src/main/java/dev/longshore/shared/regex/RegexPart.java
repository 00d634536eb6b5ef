package dev.longshore.shared.regex;

/// What a part of a regular expression compiles to, about, in instructions of RE2's machine.
///
/// The machine follows instructions that take no character by calls within each other, so how many
/// may come in a row is told apart from how many there are.
///
/// @param size all of them
/// @param repeats the most repetitions within each other, multiplied
/// @param nullable whether the part matches the empty text
/// @param prefix how many take no character before the first that does
/// @param suffix how many take none after the last that does
/// @param through how many are passed where the part takes no character at all
/// @param longest the most in a row
record RegexPart(
    long size,
    long repeats,
    boolean nullable,
    long prefix,
    long suffix,
    long through,
    long longest) {

  static final RegexPart NOTHING = new RegexPart(0, 1, true, 0, 0, 0, 0);

  /// The begin or end of a line, the border of a word.
  static final RegexPart PLACE = new RegexPart(1, 1, true, 1, 1, 1, 1);

  /// What takes a character.
  static RegexPart character(long size) {
    return new RegexPart(size, 1, false, 0, 0, 0, 0);
  }

  RegexPart then(RegexPart next) {
    return new RegexPart(
        size + next.size,
        Math.max(repeats, next.repeats),
        nullable && next.nullable,
        nullable ? through + next.prefix : prefix,
        next.nullable ? suffix + next.through : next.suffix,
        through + next.through,
        Math.max(Math.max(longest, next.longest), suffix + next.prefix));
  }

  RegexPart or(RegexPart other) {
    return new RegexPart(
        size + 1 + other.size,
        Math.max(repeats, other.repeats),
        nullable || other.nullable,
        1 + Math.max(prefix, other.prefix),
        Math.max(suffix, other.suffix),
        1 + Math.max(through, other.through),
        1 + Math.max(longest, other.longest));
  }

  RegexPart group() {
    return new RegexPart(
        size + 2, repeats, nullable, prefix + 1, suffix + 1, through + 2, longest + 2);
  }

  RegexPart optional() {
    return new RegexPart(size + 1, repeats, true, prefix + 1, suffix, through + 1, longest + 1);
  }

  /// Once or more.
  RegexPart again() {
    return new RegexPart(
        size + 1,
        repeats,
        nullable,
        prefix,
        suffix + 1,
        through + 1,
        Math.max(longest, suffix + 1 + prefix));
  }

  /// @param times at least 1
  RegexPart times(long times) {
    long more = through * (times - 1);
    return new RegexPart(
        size * times,
        repeats * times,
        nullable,
        nullable ? more + prefix : prefix,
        // Where fewer do as well, each copy may be the last.
        (nullable ? more + suffix : suffix) + 1,
        through * times,
        Math.max(longest, nullable ? more + prefix + suffix : prefix + suffix + 1));
  }
}
