package dev.longshore.shared.command;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/// Signals of the operating system, such as HUP and INT. The JDK has no public interface for them;
/// `sun.misc.Signal` of the module `jdk.unsupported` is the one that everybody uses, reached by
/// name, so that a runtime without that module only lacks the signal.
public final class Signals {
  private Signals() {}

  /// Has a task run at each signal, on a thread of its own, in place of what the JVM does.
  ///
  /// @param name without `SIG`
  /// @return whether the signal can be had here; one that the process ignores from its start cannot
  public static boolean handle(String name, Runnable task) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                task.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == arguments[0];
              default -> name;
            };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlers = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handlers}, handler);
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Object of =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke(name);
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handlers, signal, handlers))
          .invoke(of, proxy);
      return true;
    } catch (Throwable e) {
      return false;
    }
  }
}
