package dev.longshore.shared.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Options are read in both spellings that people know, and what is wrong is told by its name.
final class ArgumentsTest {
  private static Arguments of(String... words) throws Arguments.Wrong {
    return new Arguments(
        List.of(words), Set.of("--config", "--labels", "--url"), Set.of("--show"), 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--config agent.yaml --show", "--config=agent.yaml --show"})
  void aValueIsAWordOfItsOwnOrStandsBehindAnEqualsSign(String line) throws Exception {
    Arguments arguments = of(line.split(" ", -1));

    assertThat(arguments.value("--config")).isEqualTo("agent.yaml");
    assertThat(arguments.has("--show")).isTrue();
  }

  @Test
  void aValueMayHaveEqualsSignsItself() throws Exception {
    assertThat(of("--labels=team=shop,pod=a=b").value("--labels")).isEqualTo("team=shop,pod=a=b");
    assertThat(of("severity=page").operands()).containsExactly("severity=page");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--config                | option --config requires a value",
        "--config=               | option --config requires a value",
        "--config --show         | option --config requires a value",
        "--config --url=x        | option --config requires a value",
        "--config=a --config b   | option --config is given twice",
        "--show=yes              | option --show takes no value",
        "--confg=a               | unknown option '--confg=a'; expected one of: --config, --labels, --show, --url",
        "a b                     | unexpected argument 'b'"
      })
  void whatIsWrongIsToldByItsName(String line, String problem) {
    assertThatThrownBy(() -> of(line.split(" ", -1))).hasMessage(problem);
  }

  @Test
  void whatStandsBehindTwoDashesIsNoOption() throws Exception {
    Arguments arguments = of("--show", "--", "--config");

    assertThat(arguments.operands()).containsExactly("--config");
    assertThat(arguments.value("--config")).isNull();
  }

  @Test
  void aConfigurationWithoutItsOptionIsToldHowToNameIt() {
    assertThatThrownBy(
            () -> new Arguments(List.of("agent.yaml"), Set.of("--config"), Set.of("--show"), 0))
        .hasMessage(
            "unexpected argument 'agent.yaml'; a configuration is named by --config agent.yaml");
  }

  @Test
  void aLoginInAnAddressIsRefusedAndNotShown() throws Exception {
    Arguments arguments = of("--url", "http://elastic:hunter2@localhost:9200");

    assertThatThrownBy(() -> arguments.url("--url", "http://localhost", Set.of("http", "https")))
        .hasMessage("a login does not belong into --url; leave it out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:9600", "http://", "ftp://localhost", "http://127.0.0.1:99999"})
  void anAddressThatNobodyCanHaveIsRefused(String url) throws Exception {
    Arguments arguments = of("--url", url);

    assertThatThrownBy(() -> arguments.url("--url", "http://localhost", Set.of("http", "https")))
        .hasMessage("--url " + url + " is not of the form http://HOST:PORT or https://HOST:PORT");
  }
}
