package dev.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Demo and search take options as the other commands do, and queries as Lucene has them.
final class OptionsTest {
  private static List<String> words(String line) {
    return List.of(line.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--for 20s --ops-port 9600", "--ops-port=9600 --for=20s"})
  void theDemosOptionsHaveTheirValueBehindThemOrBehindAnEqualsSign(String line) throws Exception {
    assertThat(DemoOptions.parse(words(line)))
        .isEqualTo(new DemoOptions(Duration.ofSeconds(20), null, 9600));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--for=soon               | 'soon'",
        "--for 0s                 | --for '0s'",
        "--for                    | option --for requires a value",
        "--ops-port=99999         | --ops-port '99999' is not a port",
        "--elasticsearch notaurl  | --elasticsearch notaurl is not of the form",
        "now                      | unexpected argument 'now'",
        "--elastic=x              | expected one of: --elasticsearch, --for, --ops-port"
      })
  void whatIsWrongWithTheDemosIsToldByName(String line, String problem) {
    assertThatThrownBy(() -> DemoOptions.parse(words(line))).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--limit=5 -f error", "error --follow -n 5", "-n 5 -f -- error"})
  void aSearchHasItsOptionsOnBothSidesOfTheQuery(String line) throws Exception {
    assertThat(SearchOptions.parse(words(line)))
        .isEqualTo(new SearchOptions("error", true, 5, "logs-*", null));
  }

  @Test
  void aQueryMayBeginWithADash() throws Exception {
    assertThat(SearchOptions.parse(List.of("-log.level:info", "--follow")).query())
        .isEqualTo("-log.level:info");
    assertThat(SearchOptions.parse(List.of("--follow", "--", "--dry-run")).query())
        .isEqualTo("--dry-run");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error AND fatal | unexpected argument 'AND'; put the whole query into quotes",
        "--limit 0 x     | --limit '0' is not a number of at least 1",
        "--limit -50 x   | --limit '-50' is not a number of at least 1",
        "--limt=5 x      | unknown option '--limt=5'",
        "-x error        | unknown option '-x'",
        "--limit 5       | QUERY is required"
      })
  void whatIsWrongWithASearchIsToldByName(String line, String problem) {
    assertThatThrownBy(() -> SearchOptions.parse(words(line))).hasMessageContaining(problem);
  }
}
