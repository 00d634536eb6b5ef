import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** Spring Boot's own console layout, as it is without configuration. */
@EnableAutoConfiguration
public class SpringLogs {
  private static final Logger LOG = LoggerFactory.getLogger(SpringLogs.class);

  static void take(int item) {
    try {
      java.util.List.of(1, 2).get(item);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalStateException("item " + item + " is gone", e);
    }
  }

  public static void main(String[] args) {
    SpringApplication.run(SpringLogs.class, args);
    LOG.info("started");
    try {
      take(3);
    } catch (IllegalStateException e) {
      LOG.error("order failed", e);
      LOG.warn("order failed, tried again", e);
    }
    LOG.warn("slow");
    LOG.info("two\nlines");
    take(5);
  }
}
