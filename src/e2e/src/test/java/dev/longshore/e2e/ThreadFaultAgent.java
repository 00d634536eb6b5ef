package dev.longshore.e2e;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/// What [ThreadFault] puts into a product's JVM: each supervised thread comes by here when it
/// reports a turn, and one of them fails when it is told to. Uses nothing but the JDK.
public final class ThreadFaultAgent {
  private static final String CLASS = "dev/longshore/shared/runtime/SupervisedThread";
  private static final String METHOD = "turned";

  private static volatile String thread = "";
  private static volatile Path trigger = Path.of("");

  private ThreadFaultAgent() {}

  /// @param arguments the thread's name, a comma, and the file that has it fail
  public static void premain(String arguments, Instrumentation instrumentation) {
    int comma = arguments.indexOf(',');
    thread = arguments.substring(0, comma);
    trigger = Path.of(arguments.substring(comma + 1));
    instrumentation.addTransformer(new Transformer());
  }

  /// Fails on the thread whose turn it is.
  public static void turned() {
    if (Thread.currentThread().getName().equals(thread) && Files.exists(trigger)) {
      throw new InternalError(ThreadFault.REASON);
    }
  }

  private static final class Transformer implements ClassFileTransformer {
    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        String name,
        @Nullable Class<?> before,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (!name.equals(CLASS)) {
        return null;
      }
      ClassFile file = ClassFile.of();
      return file.transformClass(
          file.parse(bytes),
          ClassTransform.transformingMethodBodies(
              it -> it.methodName().equalsString(METHOD), new FirstOfAll()));
    }
  }

  private static final class FirstOfAll implements CodeTransform {
    @Override
    public void atStart(CodeBuilder code) {
      code.invokestatic(
          ClassDesc.of(ThreadFaultAgent.class.getName()),
          METHOD,
          MethodTypeDesc.ofDescriptor("()V"));
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }
}
