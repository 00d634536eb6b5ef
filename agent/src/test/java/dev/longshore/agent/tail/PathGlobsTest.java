package dev.longshore.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Patterns name files as a shell's do, and lead to no folder in vain.
class PathGlobsTest {

  @ParameterizedTest
  @CsvSource({
    "/var/log/pods/*/*/*.log, /var/log/pods/shop_pay-1_0f1e/app/0.log, true",
    "/var/log/pods/*/*/*.log, /var/log/pods/shop_pay-1_0f1e/app/0.log.20261123-054855, false",
    "/var/log/pods/*/*/*.log, /var/log/pods/app/0.log, false",
    "/var/log/*.log, /var/log/pods/0.log, false",
    "/var/**/*.log, /var/a.log, true",
    "/var/**/*.log, /var/x/y/a.log, true",
    "/var/**/*.log, /srv/a.log, false",
    "/var/log/app?.log, /var/log/app1.log, true",
    "/var/log/app?.log, /var/log/app.log, false",
    "/var/log/app[0-9].log, /var/log/app7.log, true",
    "/var/log/app[0-9].log, /var/log/appx.log, false",
    "/var/log/app[!0-9].log, /var/log/appx.log, true",
    "/var/log/app[!0-9].log, /var/log/app7.log, false",
    "/var/log/a+b(c).log, /var/log/a+b(c).log, true",
    "/var/log/a+*.log, /var/log/aab.log, false",
    "/var/log/[]x].log, /var/log/].log, true",
  })
  void matches(String pattern, Path path, boolean expected) {
    assertThat(new PathGlobs(List.of(pattern)).reached(path).matches()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/var/log/pods, true",
    "/var/log/pods/shop_pay-1_0f1e, true",
    "/var/log/pods/shop_pay-1_0f1e/app, true",
    "/var/log/pods/shop_pay-1_0f1e/app/0.log, false",
    "/var/log/journal, false",
    "/var, true",
  })
  void leadsOnlyWhereSomethingCanMatch(Path path, boolean expected) {
    assertThat(new PathGlobs(List.of("/var/log/pods/*/*/*.log")).reached(path).leads())
        .isEqualTo(expected);
  }

  @Test
  void startsAtTheDeepestFolderWithoutAWildcard() {
    assertThat(
            new PathGlobs(List.of("/var/log/pods/*/*/*.log", "/var/log/app.log", "/srv/**/x"))
                .roots())
        .containsExactly(Path.of("/var/log/pods"), Path.of("/var/log"), Path.of("/srv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"var/log/*.log", "/var/log/", "/var/log/[a.log", "/var/../x.log"})
  void refusesWhatIsNoAbsolutePathOfAFile(String pattern) {
    assertThatThrownBy(() -> new PathGlobs(List.of(pattern)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tail.paths")
        .hasMessageContaining(pattern);
  }
}
