package dev.longshore.agent.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Calls of the C library, with the error that it leaves in `errno`. Every handle takes an
/// instance's [#state] first, so an instance belongs to one thread.
public final class Libc {
  /// A signal came; the call is to be made again.
  public static final int EINTR = 4;

  private static final int MAX_TEXT_BYTES = 1024;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle STRERROR =
      handle("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  private final MemorySegment state;

  /// One for as long as it is used.
  public Libc() {
    this(Arena.ofAuto());
  }

  /// One for as long as an arena.
  public Libc(Arena arena) {
    state = arena.allocate(CALL_STATE);
  }

  /// A call into libc.
  @FunctionalInterface
  public interface Call<T> {
    /// As [MethodHandle#invokeExact] has it.
    T invoke() throws Throwable;
  }

  /// The handle of a function, whose first parameter is the call's state.
  ///
  /// @throws java.util.NoSuchElementException when the C library does not have it
  public static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return linker.downcallHandle(libc.findOrThrow(name), descriptor, options);
  }

  /// Whether flags have the numbers of aarch64.
  public static boolean isArm() {
    return System.getProperty("os.arch", "").equals("aarch64");
  }

  /// Where a call leaves its error.
  public MemorySegment state() {
    return state;
  }

  /// The error of the last call that failed.
  public int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  /// What an error means.
  public String text(int error) {
    return call(() -> (MemorySegment) STRERROR.invokeExact(state, error))
        .reinterpret(MAX_TEXT_BYTES)
        .getString(0);
  }

  /// Makes a call.
  public static <T> T call(Call<T> call) {
    try {
      return call.invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call into libc threw", e);
    }
  }
}
