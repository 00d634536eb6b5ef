package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LevelNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A line's own statement of its level is found wherever programs put it; a word in a sentence is
/// no level.
class LevelTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
          """
          time="2026-11-23T05:48:55Z" level=info msg="error in config"   ¦ info
          ts=2026-11-23T05:48:55Z caller=main.go:1 lvl=eror msg=x        ¦ error
          severity=CRITICAL msg="x"                                      ¦ fatal
          2026/11/23 05:48:55 level=warning msg=slow                     ¦ warn
          E1123 05:48:55.123456       1 reflector.go:138] failed         ¦ error
          I1123 05:48:55.123456       1 main.go:1] ERROR is a word       ¦ info
          W20261123 05:48:55.123456 12 a.cc:3] low                       ¦ warn
          F1123 05:48:55.123456 1 x.go:1] gone                           ¦ fatal
          [ERROR] plugin/errors: 2 SERVFAIL                              ¦ error
          [error] something                                              ¦ error
          <warn> something                                               ¦ warn
          <3>kernel says                                                 ¦ error
          2026/11/23 05:48:55 [error] 7#7: *1 connect() failed           ¦ error
          [Mon Nov 23 05:48:55.1 2026] [core:error] [pid 1] AH00001      ¦ error
          [2026-11-23 05:48:55.123][1][warning][main] [source/x.cc] hot  ¦ warn
          [2026-11-23 05:48:55,123: ERROR/MainProcess] Task failed       ¦ error
          [2026-11-23T05:48:55Z ERROR shop::cart] no stock               ¦ error
          2026-11-23 05:48:55,123 ERROR [main] com.shop.Cart - no stock  ¦ error
          2026-11-23 05:48:55.123  INFO 1 --- [main] c.s.Cart : started  ¦ info
          05:48:55.123 [main] DEBUG c.s.Cart - looking                   ¦ debug
          05:48:55,123 WARN  [org.jboss] (thread-1) slow                 ¦ warn
          2026-11-23 05:48:55,123 - shop.cart - ERROR - no stock         ¦ error
          2026-11-23 05:48:55.123 | ERROR    | __main__:<module>:1 - x   ¦ error
          2026-11-23T05:48:55.123Z	info	service/service.go:100	up      ¦ info
          2026-11-23T05:48:55.123456Z 0 [ERROR] [MY-010119] [Server] x   ¦ error
          2026-11-23 05:48:55.123 UTC [12] ERROR:  relation is missing   ¦ error
          ERROR:root:no stock                                            ¦ error
          ERROR: no stock                                                ¦ error
          ERROR no stock                                                 ¦ error
          Error: connect ECONNREFUSED 10.0.0.7:5432                      ¦ error
          error: no stock                                                ¦ error
          fail: Microsoft.Hosting[11]                                    ¦ error
          crit: Shop.Cart[0]                                             ¦ fatal
          WARNING: old option                                            ¦ warn
          ERRO[0000] no stock                                            ¦ error
          E, [2026-11-23T05:48:55.123456 #1] ERROR -- : no stock         ¦ error
          [2026-11-23 05:48:55] production.ERROR: no stock               ¦ error
          Nov 23, 2026 5:48:55 AM SEVERE: no stock                       ¦ error
          panic: runtime error: index out of range                       ¦ fatal
          ⨯ Failed to start server                                       ¦ error
          ⚠ Fast Refresh had to perform a full reload                   ¦ warn
          =CRASH REPORT==== 28-Nov-2026::12:00:01.1 ===                  ¦ error
          ==7==ERROR: LeakSanitizer: detected memory leaks               ¦ error
          12:00:01.101 request_id=F1 [warn] slow                         ¦ warn
          2026-11-28T12:00:01.1+0000 W NETWORK  [listener] refused       ¦ warn
          Nov 28 12:00:01 host app[12]: ERROR: failed                    ¦ error
          2026-11-28 12:00:01 0 [Note] Server socket created             ¦ info
          2026-11-28 12:00:01.1 UTC [1] LOG:  ready                      ¦ info
          nginx: [emerg] host not found in upstream                      ¦ fatal
          1:M 23 Nov 2026 05:48:55.123 # WARNING overcommit_memory is 0  ¦ warn
          \\u001b[31mERROR\\u001b[0m no stock                              ¦ error
          \\u001b[2m2026-11-23T05:48:55Z\\u001b[0m \\u001b[32m INFO\\u001b[0m up ¦ info
          """)
  void findsTheLevelOf(String line, String level) {
    assertThat(new Encoding().message(unescaped(line)).level()).isEqualTo(level);
  }

  private static String unescaped(String line) {
    return line.replace("\\u001b", "\u001b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no error found",
        "2026-11-23 05:48:55 no error found",
        "2026-11-23 05:48:55 error reading is not stated as a level",
        "the ERROR page was shown",
        "10.0.0.7 - - [23/Nov/2026:05:48:55 +0000] \"GET /error HTTP/1.1\" 500 12",
        "10.0.0.7 - - [23/Nov/2026:05:48:55 +0000] \"GET /a?level=error HTTP/1.1\" 200 12",
        "[2026-11-23T05:48:55.123Z] \"GET / HTTP/1.1\" 500 - \"-\" \"error\"",
        "shop.example.com 10.0.0.7 - - [x] \"GET / HTTP/1.1\" 200",
        "GET /warn 200 12ms",
        "ERROR_CODE 12",
        "Errors: 0",
        "information desk",
        "started in 3 s",
        "url=/x?level=error status=200",
        "[no error found] in file",
        "error",
        "log: rotated every hour",
        "2026-11-28 12:00:01 I am a sentence",
        "2026-11-28 12:00:01 E MAIL sent",
        "[System] up",
        "[note] something",
        "Note: this is a sentence",
        "nginx: configuration file test is successful",
        "host app[12]: failed",
        "key=value [error in brackets] more",
        "msg=\"[error]\" a=b",
        "✓ 12 tests pass",
        "== error ==",
        "=ERRORS==== 3",
        "Alert: 0 open",
        "Fail: 0, Pass: 12",
        "http: GET /error",
        "Critical section entered",
        "fatal",
        "-",
        ""
      })
  void findsNoLevelIn(String line) {
    assertThat(new Encoding().message(line).level()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          {"level":"ERROR"}                       ¦ error
          {"log.level":"warn"}                    ¦ warn
          {"log":{"level":"debug"}}               ¦ debug
          {"severity":"NOTICE"}                   ¦ info
          {"@l":"Fatal"}                          ¦ fatal
          {"level":50,"time":1,"msg":"x"}         ¦ error
          {"level":3,"short_message":"x"}         ¦ error
          {"loglevel":"Warning"}                  ¦ warn
          {"lvl":"crit"}                          ¦ fatal
          {"msg":"[ERROR] inside"}                ¦ error
          {"log":{"level":"info"},"level":"warn"} ¦ warn
          {"a":{"level":"info"},"lvl":"trace"}    ¦ trace
          """)
  void findsTheLevelOfABody(String body, String level) {
    assertThat(new Encoding().message(body).level()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          {"prio":"fehler"}                ¦ error
          {"prio":"FEHLER"}                ¦ error
          {"prio":"warning"}               ¦ warn
          {"prio":17}                      ¦ fatal
          {"level":"fehler"}               ¦ error
          {"level":"info","prio":"fehler"} ¦ info
          {"level":"gold","prio":"fehler"} ¦
          {"a":{"prio":"fehler"}}          ¦
          {"prio":"gold"}                  ¦
          """)
  void findsTheLevelByNamesOfTheOperator(String body, @Nullable String level) {
    LevelNames names =
        new LevelNames(
            List.of("prio"), Map.of(Level.ERROR, List.of("Fehler"), Level.FATAL, List.of("17")));

    assertThat(new Encoding().levels(names).message(body).level()).isEqualTo(level);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"level\":\"error\"}}",
        "{\"level\":\"gold\"}",
        "{\"level\":9999999999}",
        "{\"level\":null}",
        "{\"level\":{\"a\":\"error\"}}",
        "{\"level\":[\"error\"]}"
      })
  void findsNoLevelInTheBody(String body) {
    assertThat(new Encoding().message(body).level()).isNull();
  }
}
