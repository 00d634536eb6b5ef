package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Errors carry type, trace and a fingerprint, and the same error in two pods has the same one.
class ErrorTest {
  private static final String JAVA =
      """
      2026-11-23 05:48:55.123 ERROR [worker-7] order 1234 of checkout-7d9f failed
      java.lang.IllegalStateException: no stock for item 17
      \tat com.shop.cart.Stock.reserve(Stock.java:12)
      \tat com.shop.cart.CartService.lambda$checkout$3(CartService.java:88)
      \tat jdk.proxy2/jdk.proxy2.$Proxy45.checkout(Unknown Source)
      \tat com.shop.Web$$SpringCGLIB$$0.post(<generated>)
      Caused by: java.io.IOException: broken pipe
      \tat com.shop.net.Wire.send(Wire.java:7)
      \t... 12 more""";

  @Test
  void readsAJavaTrace() {
    Document item = new Encoding().lines(JAVA);

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.message()).isEqualTo(JAVA);
    assertThat(item.get("error", "type")).isEqualTo("java.lang.IllegalStateException");
    assertThat(item.get("error", "stack_trace")).isEqualTo(JAVA.substring(JAVA.indexOf('\n') + 1));
    assertThat(String.valueOf(item.fingerprint())).matches("2:[0-9a-f]{16}");
  }

  @Test
  void theSameTraceElsewhereHasTheSameFingerprint() {
    String elsewhere =
        JAVA.replace("worker-7", "worker-9")
            .replace("1234 of checkout-7d9f", "77 of checkout-x2kq")
            .replace("item 17", "item 4")
            .replace("java:12)", "java:13)")
            .replace("checkout$3", "checkout$4")
            .replace("$Proxy45", "$Proxy112");

    assertThat(new Encoding().pod("checkout-x2kq").lines(elsewhere).fingerprint())
        .isEqualTo(new Encoding().lines(JAVA).fingerprint());
  }

  @Test
  void anotherTypeRootOrFrameIsAnotherError() {
    Object fingerprint = new Encoding().lines(JAVA).fingerprint();

    for (String other :
        new String[] {
          JAVA.replace("IllegalStateException", "IllegalArgumentException"),
          JAVA.replace("java.io.IOException", "java.io.EOFException"),
          JAVA.replace("Stock.reserve", "Stock.release")
        }) {
      assertThat(new Encoding().lines(other).fingerprint()).isNotEqualTo(fingerprint);
    }
  }

  @Test
  void aTraceWithoutALevelIsAnError() {
    Document item =
        new Encoding()
            .lines(
                "Exception in thread \"main\" java.lang.NullPointerException: x\n"
                    + "\tat com.shop.Main.main(Main.java:3)");

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.get("error", "type")).isEqualTo("java.lang.NullPointerException");
    assertThat(item.get("error", "stack_trace"))
        .isEqualTo("java.lang.NullPointerException: x\n\tat com.shop.Main.main(Main.java:3)");
  }

  @Test
  void aTraceAtLevelWarnStaysWarn() {
    Document item = new Encoding().lines(JAVA.replace("ERROR", "WARN"));

    assertThat(item.level()).isEqualTo("warn");
    assertThat(item.get("error", "type")).isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  void readsAPythonTrace() {
    String trace =
        """
        Traceback (most recent call last):
          File "/app/cart.py", line 3, in load
            return self.stock[key]
        KeyError: 'apple'

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "/app/main.py", line 12, in <module>
            main()
          File "/app/cart.py", line 5, in load
            raise shop.errors.NoStock(key)
        shop.errors.NoStock: apple""";

    Document item = new Encoding().lines("ERROR:root:failed\n" + trace);

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.get("error", "type")).isEqualTo("shop.errors.NoStock");
    assertThat(item.get("error", "stack_trace")).isEqualTo(trace);
    assertThat(new Encoding().lines(trace.replace("line 5", "line 6")).fingerprint())
        .isEqualTo(item.fingerprint());
    assertThat(new Encoding().lines(trace.replace("in load", "in keep")).fingerprint())
        .isNotEqualTo(item.fingerprint());
    assertThat(new Encoding().lines(trace.replace("KeyError", "IndexError")).fingerprint())
        .isNotEqualTo(item.fingerprint());
  }

  @Test
  void readsAGoPanic() {
    String trace =
        """
        panic: runtime error: index out of range [5] with length 3

        goroutine 1 [running]:
        main.(*Cart).total(0xc000012345, 0x5)
        \t/app/cart.go:12 +0x1d
        main.main()
        \t/app/main.go:5 +0x20
        exit status 2""";

    Document item = new Encoding().lines(trace);

    assertThat(item.level()).isEqualTo("fatal");
    assertThat(item.get("error", "type")).isEqualTo("runtime error");
    assertThat(item.get("error", "stack_trace")).isEqualTo(trace);
    String elsewhere =
        trace.replace("goroutine 1 ", "goroutine 77 ").replace("0xc000012345", "0xc0000ab");
    assertThat(new Encoding().lines(elsewhere).fingerprint()).isEqualTo(item.fingerprint());
    assertThat(new Encoding().lines(trace.replace("total", "sum")).fingerprint())
        .isNotEqualTo(item.fingerprint());
  }

  @Test
  void readsANodeTrace() {
    String trace =
        """
        TypeError: Cannot read properties of undefined (reading 'id')
            at checkout (/app/cart.js:12:5)
            at async /app/server.js:7:3""";

    Document item = new Encoding().lines(trace);

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.get("error", "type")).isEqualTo("TypeError");
    assertThat(item.get("error", "stack_trace")).isEqualTo(trace);
  }

  @Test
  void readsADotnetTrace() {
    Document item =
        new Encoding()
            .lines(
                """
                Unhandled exception. System.InvalidOperationException: no stock
                 ---> System.IO.IOException: broken
                   at Shop.Wire.Send(String x) in /src/Wire.cs:line 7
                   --- End of inner exception stack trace ---
                   at Shop.Cart.Checkout() in /src/Cart.cs:line 12""");

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.get("error", "type")).isEqualTo("System.InvalidOperationException");
  }

  @Test
  void readsARubyTrace() {
    Document item =
        new Encoding()
            .lines(
                """
                app.rb:12:in 'Cart#total': divided by 0 (ZeroDivisionError)
                \tfrom app.rb:20:in 'Cart#checkout'
                \tfrom app.rb:30:in '<main>'""");

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.get("error", "type")).isEqualTo("ZeroDivisionError");
  }

  @Test
  void readsAPhpTrace() {
    Document item =
        new Encoding()
            .lines(
                """
                PHP Fatal error:  Uncaught App\\PaymentException: refused in /app/Cart.php:12
                Stack trace:
                #0 /app/Cart.php(12): App\\Cart->pay('secret', Array)
                #1 {main}
                  thrown in /app/Cart.php on line 12""");

    assertThat(item.level()).isEqualTo("fatal");
    assertThat(item.get("error", "type")).isEqualTo("App\\PaymentException");
  }

  @Test
  void anErrorLineHasAFingerprintOfItsWords() {
    String line =
        "2026-11-23 05:48:55 ERROR [w-1] order 12 of 10.0.0.7 \"x y\" on checkout-7d9f: lost";
    String other =
        "2026-11-24 06:00:01 ERROR [w-2] order 9 of 10.0.3.9 \"z\" on checkout-kqzw: lost";

    Object fingerprint = new Encoding().message(line).fingerprint();

    assertThat(fingerprint).isNotNull();
    assertThat(new Encoding().pod("checkout-kqzw").message(other).fingerprint())
        .isEqualTo(fingerprint);
    assertThat(new Encoding().message(line.replace("lost", "found")).fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void anErrorLineOfBracketsAloneHasAFingerprintOfTheFirstQuoted() {
    String line = "[2026/11/28 12:00:01.101 +00:00] [ERROR] [conn.go:1132] [\"no stock\"] [conn=5]";

    Object fingerprint = new Encoding().message(line).fingerprint();

    assertThat(new Encoding().message(line.replace("=5", "=6")).fingerprint())
        .isEqualTo(fingerprint);
    assertThat(new Encoding().message(line.replace("stock", "order")).fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void addressesInTheFramesOfCppDoNotCount() {
    String trace =
        """
        F20261128 12:00:01.101000     1 cart.cc:70] Check failed: x == y
        *** Check failure stack trace: ***
            @     0x55c5d3b1f8a2  google::LogMessage::Fail()
            @     0x7f0a1c000b60  shop::Take()""";

    Object fingerprint = new Encoding().lines(trace).fingerprint();

    assertThat(new Encoding().lines(trace.replace("0x7f0a", "0x8f0b")).fingerprint())
        .isEqualTo(fingerprint);
    assertThat(new Encoding().lines(trace.replace("Take", "Give")).fingerprint())
        .isNotEqualTo(fingerprint);
  }

  @Test
  void anErrorLineThatNamesAnExceptionHasItsType() {
    Document item =
        new Encoding().message("ERROR failed: java.net.ConnectException: Connection refused");

    assertThat(item.get("error", "type")).isEqualTo("java.net.ConnectException");
    assertThat(item.get("error", "stack_trace")).isNull();
  }

  @Test
  void aLogfmtErrorIsKnownByItsMessage() {
    Object one = new Encoding().message("time=1 level=error msg=\"no stock\" pod=a").fingerprint();
    Object two = new Encoding().message("time=2 level=error msg=\"no stock\" pod=b").fingerprint();

    assertThat(one).isNotNull().isEqualTo(two);
  }

  @Test
  void takesTheErrorOfABody() {
    Document item =
        new Encoding()
            .message(
                "{\"level\":\"error\",\"message\":\"no stock\",\"error.type\":\"shop.NoStock\","
                    + "\"error.stack_trace\":\"shop.NoStock: x\\n\\tat shop.Cart.pay(Cart.java:1)\"}");

    assertThat(item.get("error", "type")).isEqualTo("shop.NoStock");
    assertThat(item.get("error", "stack_trace"))
        .isEqualTo("shop.NoStock: x\n\tat shop.Cart.pay(Cart.java:1)");
  }

  @Test
  void takesPinosError() {
    Document item =
        new Encoding()
            .message(
                "{\"level\":50,\"err\":{\"type\":\"TypeError\",\"message\":\"x\",\"stack\":"
                    + "\"TypeError: x\\n    at f (/a.js:1:2)\"},\"msg\":\"failed\"}");

    assertThat(item.level()).isEqualTo("error");
    assertThat(item.message()).isEqualTo("failed");
    assertThat(item.get("error", "type")).isEqualTo("TypeError");
    assertThat(item.get("error", "stack_trace")).isEqualTo("TypeError: x\n    at f (/a.js:1:2)");
  }

  @Test
  void theSameTraceInABodyAndAsTextIsTheSameError() {
    String trace = JAVA.substring(JAVA.indexOf('\n') + 1);
    String body =
        "{\"level\":\"ERROR\",\"message\":\"m\",\"stack_trace\":\""
            + trace.replace("\n", "\\n").replace("\t", "\\t")
            + "\"}";

    assertThat(new Encoding().message(body).fingerprint())
        .isEqualTo(new Encoding().lines(JAVA).fingerprint());
  }

  @Test
  void anInfoLineHasNoError() {
    assertThat(new Encoding().message("INFO IOException is a word").get("error")).isNull();
    assertThat(new Encoding().lines("INFO a\n  b\n  c").get("error")).isNull();
  }
}
