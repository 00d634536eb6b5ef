package dev.longshore.alerting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SIGHUP, by which operators have configurations read again. The JDK has no public interface for
/// it; `sun.misc.Signal` of the module `jdk.unsupported` is the one that everybody uses, reached by
/// name, so that a runtime without that module only lacks the signal.
final class Hangup {
  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /// Has a task run at each SIGHUP, on a thread of its own.
  static void handle(Runnable task) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                task.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == arguments[0];
              default -> "SIGHUP";
            };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlers = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handlers}, handler);
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Object hangup =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke("HUP");
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handlers, signal, handlers))
          .invoke(hangup, proxy);
    } catch (Throwable e) {
      LOG.atWarn().setCause(e).log("SIGHUP can't be had here; use POST /-/reload");
    }
  }
}
