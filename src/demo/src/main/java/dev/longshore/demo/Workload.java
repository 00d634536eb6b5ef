package dev.longshore.demo;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;

/// What a container of the dock writes. Each record ends with, or carries, `seq=<number>`, counted
/// from 0 without a gap, by which the check at the end finds it again.
enum Workload {
  /// Access logs of a web server.
  STOREFRONT("shop", "storefront-6c5d8f7b9-q8w2k", "nginx", 40) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stdout",
          "10.88.0.%d - - \"GET /products/%d HTTP/1.1\" %d %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\" rt=0.%03d seq=%d"
              .formatted(
                  random.nextInt(2, 250),
                  random.nextInt(10_000),
                  random.nextInt(50) == 0 ? 404 : 200,
                  random.nextInt(200, 90_000),
                  random.nextInt(1000),
                  seq));
    }
  },
  /// A service that logs JSON, sometimes an error with its stack in a field, sometimes a very long
  /// line.
  CHECKOUT("shop", "checkout-7d9f8b6c5-x2x4z", "checkout", 25) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      int kind = random.nextInt(100);
      if (kind < 4) {
        sink.line(
            "stdout",
            "{\"level\":\"error\",\"logger\":\"payment\",\"message\":\"card was declined seq=%d\",\"orderId\":\"o-%d\",\"error\":{\"type\":\"PaymentDeclined\",\"stack_trace\":\"PaymentDeclined: insufficient funds\\n    at charge (/app/payment.js:%d:11)\\n    at checkout (/app/order.js:88:5)\"}}"
                .formatted(seq, random.nextInt(1_000_000), random.nextInt(40, 44)));
      } else if (kind == 4) {
        sink.line(
            "stdout",
            "{\"level\":\"debug\",\"message\":\"cart seq=%d\",\"cart\":\"%s\"}"
                .formatted(seq, "item,".repeat(5_000)));
      } else {
        sink.line(
            "stdout",
            "{\"level\":\"info\",\"logger\":\"order\",\"message\":\"order placed seq=%d\",\"orderId\":\"o-%d\",\"amount\":%d.%02d,\"durationMs\":%d}"
                .formatted(
                    seq,
                    random.nextInt(1_000_000),
                    random.nextInt(5, 400),
                    random.nextInt(100),
                    random.nextInt(3, 900)));
      }
    }

    @Override
    void fail(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stdout",
          "{\"level\":\"error\",\"logger\":\"payment\",\"message\":\"the payment gateway does not answer seq=%d\",\"orderId\":\"o-%d\",\"error\":{\"type\":\"ConnectTimeout\",\"stack_trace\":\"ConnectTimeout: gateway:8443 after 3000 ms\\n    at charge (/app/payment.js:52:11)\\n    at checkout (/app/order.js:88:5)\"}}"
              .formatted(seq, random.nextInt(1_000_000)));
    }
  },
  /// A Java service that fails now and then, with a stack trace on stderr.
  BILLING("shop", "billing-5f4b9c8d7-j6k3m", "billing", 12) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      if (random.nextInt(8) == 0) {
        sink.line(
            "stderr",
            "java.lang.IllegalStateException: invoice %d is not open seq=%d"
                .formatted(random.nextInt(100_000), seq));
        sink.line("stderr", "\tat com.example.billing.Invoices.close(Invoices.java:142)");
        sink.line("stderr", "\tat com.example.billing.Scheduler.run(Scheduler.java:57)");
        sink.line("stderr", "\tat java.base/java.lang.Thread.run(Thread.java:1474)");
        sink.line("stderr", "Caused by: java.sql.SQLTransientException: connection reset");
        sink.line("stderr", "\tat com.example.billing.Store.load(Store.java:88)");
        sink.line("stderr", "\t... 3 more");
      } else {
        sink.line(
            "stdout",
            "INFO [scheduler-%d] c.e.billing.Scheduler - invoice %d closed seq=%d"
                .formatted(random.nextInt(4), random.nextInt(100_000), seq));
      }
    }

    @Override
    void fail(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stderr",
          "java.net.ConnectException: gateway:8443 refused the connection for invoice %d seq=%d"
              .formatted(random.nextInt(100_000), seq));
      sink.line("stderr", "\tat com.example.billing.Gateway.charge(Gateway.java:61)");
      sink.line("stderr", "\tat com.example.billing.Invoices.close(Invoices.java:131)");
    }
  },
  /// A static pod of the control plane, with klog lines on stderr.
  ETCD("kube-system", "etcd-dock-1", "etcd", 5) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stderr",
          "%s%tm%<td %<tT.%06d       1 watcher.go:%d] applied index %d seq=%d"
              .formatted(
                  random.nextInt(20) == 0 ? "W" : "I",
                  OffsetDateTime.now(ZoneOffset.UTC),
                  random.nextInt(1_000_000),
                  random.nextInt(80, 400),
                  random.nextInt(1_000_000),
                  seq));
    }
  },
  /// A job that prints a few lines and is gone within a second; its pods are `<pod>-<run>`.
  REPORT("batch", "report-29401230", "report", 0) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stdout",
          "INFO report part %d of 5 written, %d rows seq=%d"
              .formatted(seq + 1, random.nextInt(10_000), seq));
    }
  },
  /// A neighbour that is too loud.
  NOISY("load", "importer-84d7c6f5b-z9x7c", "importer", 2_000) {
    @Override
    void write(Sink sink, long seq, SplittableRandom random) {
      sink.line(
          "stdout",
          "level=info msg=\"row imported\" table=orders row=%d batch=%d checksum=%016x seq=%d"
              .formatted(
                  random.nextInt(100_000_000), random.nextInt(10_000), random.nextLong(), seq));
    }
  };

  /// Where the lines go.
  interface Sink {
    void line(String stream, String text);
  }

  final String namespace;
  final String pod;
  final String container;
  final int recordsPerSecond;

  Workload(String namespace, String pod, String container, int recordsPerSecond) {
    this.namespace = namespace;
    this.pod = pod;
    this.container = container;
    this.recordsPerSecond = recordsPerSecond;
  }

  /// Writes one record.
  abstract void write(Sink sink, long seq, SplittableRandom random);

  /// Writes one record while the payment gateway, on which some of them depend, does not answer.
  void fail(Sink sink, long seq, SplittableRandom random) {
    write(sink, seq, random);
  }

  /// The pod's labels.
  Map<String, String> labels() {
    return Map.of(
        "app", container, "app.kubernetes.io/name", container, "team", namespace + "-team");
  }
}
