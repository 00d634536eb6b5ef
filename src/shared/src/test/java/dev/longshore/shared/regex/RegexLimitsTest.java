package dev.longshore.shared.regex;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An expression that is small to write costs little to compile, whatever hides its size.
class RegexLimitsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((x{100}){100}){100}){100}",
        "(x{2}){501}",
        "(?:x{1000}y?){2,}",
        "((x{1000}[)]){1000}[)]){1000}",
        "(x{1000}[\\])]){2}",
        "(x{1000}[])]){2}",
        "(x{1000}[[:alpha:])]){2}",
        "(x{1000}\\Q)\\E){2}",
        "(x{1000}\\)){2}",
        "(?P<a>x{1000}){2}",
        "(a|x{1000}|b){2}",
        "(\\p{L}{500}){4}",
        "x{99999999999999999999}",
      })
  void refusesNestedRepetitions(String expression) {
    assertThatThrownBy(() -> RegexLimits.check(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("repeat");
  }

  @Test
  void refusesWhatIsLargeOrDeep() {
    assertThatThrownBy(() -> RegexLimits.check("(abc){1000}".repeat(100)))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> RegexLimits.check("\\pL".repeat(2000)))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> RegexLimits.check("[\\pL\\pN]{600}"))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> RegexLimits.check("(".repeat(3000) + "x" + ")".repeat(3000)))
        .hasMessageContaining("nests too deeply");
  }

  /// At a match each is a frame of the stack within the one before.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a(.?){1000}",
        "a(?:.?){1000}(?:.?){600}",
        "(?i:(?:x?|)){1000}",
        "(.*?){600}",
        "(?P<a>[a-z]?){600}",
        "(^){600}",
        "(x{0,1}){600}",
        "(a|b?){600}",
        "((.?){10}){60}x|y",
      })
  void refusesWhatTakesNoCharacterTooOftenInARow(String expression) {
    assertThatThrownBy(() -> RegexLimits.check(expression))
        .hasMessageContaining("in a row without a character");
  }

  @Test
  void takesManyAlternativesWithAnythingInEach() {
    assertThatCode(() -> RegexLimits.check("(shop-(a|b)-.*)|".repeat(1000) + "x"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "([a-z]+\\.?){100}",
        ".+",
        "node-[0-9]{1,3}|(eu|us)-(east|west)-[0-9]",
        "(x{10}){100}",
        "x{1000}y{1000}",
        "[(]{500}[{]{500}",
        "\\({1000}",
        "\\Q(((\\E{3}",
        "a{b}{,5}{}",
        "[^[:space:]]{1,256}",
        "(?i)^https?://[^/]+(/.*)?$",
        "\\x{10FFFF}{10}\\p{Greek}{10}",
        "[a-z",
        "a\\",
        "a{5",
        ")))",
      })
  void takesWhatPeopleWrite(String expression) {
    assertThatCode(() -> RegexLimits.check(expression)).doesNotThrowAnyException();
  }
}
