package dev.longshore.e2e.torture;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// The machine's clock, its wall clock shifted by what a file says. The agent and the containers
/// share the file, as processes of one machine share a clock; the machine's own stays untouched.
final class SkewedClock implements Clock {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Clock machine = Clock.system();
  private final ByteBuffer offsetMillis;

  private SkewedClock(ByteBuffer offsetMillis) {
    this.offsetMillis = offsetMillis;
  }

  /// @param file made when it is missing, with no shift
  static SkewedClock over(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new SkewedClock(channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
    }
  }

  /// Sets the wall clock forward, or back with a negative duration, for all who share the file.
  void jump(Duration duration) {
    LONGS.setVolatile(offsetMillis, 0, shiftMillis() + duration.toMillis());
  }

  /// How far it is from the machine's.
  long shiftMillis() {
    return (long) LONGS.getVolatile(offsetMillis, 0);
  }

  @Override
  public long nanoTime() {
    return machine.nanoTime();
  }

  @Override
  public long epochMillis() {
    return machine.epochMillis() + shiftMillis();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    machine.sleep(duration);
  }
}
