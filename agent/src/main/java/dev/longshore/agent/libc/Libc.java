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

/// Calls of the C library, with the error that the last one left in `errno`. Each instance belongs
/// to one thread.
///
/// Each function is called with five words and answers one. So Linux has it on x86-64 and aarch64:
/// integers and addresses go in the same registers, a function reads no more of them than it has
/// parameters, and of an `int` the lower half of the word counts. For Java that is a single kind of
/// call, made once; each further kind would take some 10 ms of the agent's start.
public final class Libc {
  /// A signal came; the call is to be made again.
  public static final int EINTR = 4;

  private static final int MAX_TEXT_BYTES = 1024;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final SymbolLookup NAMES = Linker.nativeLinker().defaultLookup();
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG),
              Linker.Option.captureCallState("errno"));
  private static final Function STRERROR = function("strerror");

  private final MemorySegment state;

  /// One for as long as it is used.
  public Libc() {
    this(Arena.ofAuto());
  }

  /// One for as long as an arena.
  public Libc(Arena arena) {
    state = arena.allocate(CALL_STATE);
  }

  /// A function, to be kept in a constant.
  ///
  /// @param handle takes the call's state and five words
  public record Function(MethodHandle handle) {}

  /// The function of a name, none of whose parameters is a floating-point number or a structure.
  ///
  /// @throws java.util.NoSuchElementException when the C library does not have it
  public static Function function(String name) {
    return new Function(CALL.bindTo(NAMES.findOrThrow(name)));
  }

  /// Whether flags have the numbers of aarch64.
  public static boolean isArm() {
    return System.getProperty("os.arch", "").equals("aarch64");
  }

  /// The error of the last call that failed.
  public int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  /// What an error means.
  public String text(int error) {
    return MemorySegment.ofAddress(call(STRERROR, error)).reinterpret(MAX_TEXT_BYTES).getString(0);
  }

  /// Makes a call. Memory whose address is given must be used afterwards, or its arena be closed by
  /// the caller: an address alone keeps nothing.
  public long call(Function function, long first) {
    return call(function, first, 0, 0, 0, 0);
  }

  /// The same with two words.
  public long call(Function function, long first, long second) {
    return call(function, first, second, 0, 0, 0);
  }

  /// The same with three words.
  public long call(Function function, long first, long second, long third) {
    return call(function, first, second, third, 0, 0);
  }

  /// The same with four words.
  public long call(Function function, long first, long second, long third, long fourth) {
    return call(function, first, second, third, fourth, 0);
  }

  /// The same with five words.
  public long call(
      Function function, long first, long second, long third, long fourth, long fifth) {
    try {
      return (long) function.handle.invokeExact(state, first, second, third, fourth, fifth);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call into libc threw", e);
    }
  }
}
