import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Plain exceptions, java.util.logging, and the end by an exception that nobody catches. */
public class Crash {
  static final class OutOfStock extends RuntimeException {
    OutOfStock(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static void take(int item) {
    try {
      List.of(1, 2).get(item);
    } catch (IndexOutOfBoundsException e) {
      OutOfStock outOfStock = new OutOfStock("item " + item + " is gone\nask again tomorrow", e);
      outOfStock.addSuppressed(new java.io.IOException("close failed", new Error("disk")));
      throw outOfStock;
    }
  }

  public static void main(String[] args) throws Exception {
    Logger log = Logger.getLogger("shop.Cart");
    log.info("started");
    try {
      take(3);
    } catch (OutOfStock e) {
      log.log(Level.SEVERE, "order failed", e);
      log.log(Level.WARNING, "order failed, tried again", e);
      e.printStackTrace();
    }
    log.warning("slow");
    RuntimeException one = new RuntimeException("one");
    RuntimeException two = new RuntimeException("two", one);
    one.initCause(two);
    one.printStackTrace();
    System.err.println("ready");
    Thread thread = new Thread(() -> take(4), "worker-1");
    thread.start();
    thread.join();
    take(5);
  }
}
