package dev.longshore.alerting.reload;

import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.reload.RoutingFiles.Routing;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleProblem;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is in force, and how it becomes something else. One reload at a time; reading is done
/// outside of the loop, and what was read is taken on it, all of it at once.
public final class Configuration {

  /// How often files are looked at. A change is taken when a second look finds it at rest.
  public static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);

  private final OwnFile ownFile;
  private final RuleFiles ruleFiles;
  private final RoutingFiles routingFiles;
  private final Clock clock;
  private final Loop loop;
  private final Executor executor;
  private final Engine engine;
  private final BrokenFiles broken;
  private final ReloadMetrics metrics;

  /// One reload at a time.
  private final ReentrantLock reloading = new ReentrantLock();

  private volatile AlertmanagerFile inForce;
  private volatile RuleSet rules;
  private volatile List<String> atNextStart = List.of();

  // Owned by whoever looks, one at a time.
  private FileStamps taken = FileStamps.NONE;
  private FileStamps seen = FileStamps.NONE;

  /// @param first what is in force at the start
  /// @param rules that run at the start
  public Configuration(
      OwnFile ownFile,
      RuleFiles ruleFiles,
      RoutingFiles routingFiles,
      Routing first,
      RuleSet rules,
      Clock clock,
      Loop loop,
      Executor executor,
      Engine engine,
      ReloadMetrics metrics) {
    this.ownFile = ownFile;
    this.ruleFiles = ruleFiles;
    this.routingFiles = routingFiles;
    this.inForce = first.file();
    this.rules = rules;
    this.clock = clock;
    this.loop = loop;
    this.executor = executor;
    this.engine = engine;
    this.metrics = metrics;
    this.broken = new BrokenFiles(engine::put, clock);
  }

  /// Tells what is broken already and begins to look at the files. On the loop, once the engine has
  /// started.
  public void start() {
    broken.adopt(engine.alerts().all());
    told(List.of(), rules);
    metrics.reloaded(rules.quarantined().isEmpty(), clock.now());
    warn(rules);
    taken = stamps();
    seen = taken;
    loop.in(BETWEEN_LOOKS, this::lookLater);
  }

  private FileStamps stamps() {
    Set<Path> routing = new TreeSet<>(routingFiles.watched());
    routing.add(ownFile.path());
    return FileStamps.of(routing, ruleFiles.matched());
  }

  /// Rules have changed that are in no file. From any thread; it does not wait.
  public void rulesChanged() {
    executor.execute(
        () -> {
          try {
            reload(false);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void lookLater() {
    executor.execute(
        () -> {
          try {
            look();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            loop.execute(() -> loop.in(BETWEEN_LOOKS, this::lookLater));
          }
        });
  }

  private void look() throws InterruptedException {
    FileStamps now = stamps();
    boolean atRest = now.equals(seen);
    seen = now;
    if (!atRest || now.equals(taken)) {
      return;
    }
    boolean routingChanged = !now.routing().equals(taken.routing());
    taken = now;
    LOG.atInfo().addKeyValue("routing", routingChanged).log("files of the configuration changed");
    reload(routingChanged);
  }

  /// Reads everything anew.
  ///
  /// @return an empty text, or what is wrong; what is sound was taken even so
  public String reload() throws InterruptedException {
    return reload(true);
  }

  private String reload(boolean withRouting) throws InterruptedException {
    reloading.lock();
    try {
      List<String> ownProblems = new ArrayList<>();
      OwnFile.Contents own = withRouting ? readOwn(ownProblems) : null;
      List<String> problems = new ArrayList<>();
      Routing routing = withRouting ? readRouting(problems) : null;
      RuleSet read = ruleFiles.load();
      loop.call(
          () -> {
            if (withRouting) {
              take(own, ownProblems);
            }
            take(routing, read, problems, withRouting);
            return true;
          });
      problems.addAll(0, ownProblems);
      read.quarantined().forEach(it -> problems.add(it.toString()));
      metrics.reloaded(problems.isEmpty(), clock.now());
      warn(read);
      if (problems.isEmpty()) {
        LOG.atInfo().addKeyValue("groups", read.groups().size()).log("configuration reloaded");
        return "";
      }
      LOG.atWarn().addKeyValue("problems", problems).log("a part of the configuration is broken");
      return String.join("\n", problems);
    } catch (ExecutionException e) {
      LOG.atError().setCause(e.getCause()).log("what was read can't be taken");
      metrics.reloaded(false, clock.now());
      return String.valueOf(e.getCause());
    } finally {
      reloading.unlock();
    }
  }

  /// Its patterns of rule files hold for the rules that are read next.
  private OwnFile.@Nullable Contents readOwn(List<String> problems) {
    try {
      OwnFile.Contents own = ownFile.read();
      ruleFiles.patterns(own.config().rules().files());
      atNextStart = own.atNextStart();
      if (!atNextStart.isEmpty()) {
        LOG.atWarn()
            .addKeyValue("sections", atNextStart)
            .log("changes of these sections of the configuration take effect at the next start");
      }
      return own;
    } catch (BrokenException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// On the loop.
  private void take(OwnFile.@Nullable Contents own, List<String> problems) {
    if (own != null) {
      engine.settings(
          own.config().rules().interval(),
          own.config().evidence(),
          own.config().acknowledgementTimeout());
    }
    broken.own(ownFile.path().toString(), problems);
  }

  private @Nullable Routing readRouting(List<String> problems) {
    try {
      return routingFiles.read();
    } catch (BrokenException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// On the loop.
  private void take(
      @Nullable Routing routing, RuleSet read, List<String> problems, boolean withRouting) {
    if (routing != null) {
      try {
        engine.reload(routing.file(), routing.onCall(), routing.library());
        inForce = routing.file();
      } catch (TemplateException e) {
        problems.add(routingFiles.name() + ": " + e.getMessage());
      }
    }
    engine.reload(read);
    rules = read;
    if (withRouting) {
      told(problems, read);
    } else {
      broken.rules(read);
    }
  }

  private void told(List<String> routingProblems, RuleSet read) {
    broken.routing(routingFiles.name(), routingProblems);
    broken.receivers(routingFiles.name(), inForce.unsupported());
    broken.rules(read);
  }

  private static void warn(RuleSet read) {
    for (RuleProblem warning : read.warnings()) {
      LOG.atWarn().addKeyValue("file", warning.file()).log(warning.toString());
    }
  }

  /// The Alertmanager file in force. From any thread.
  public AlertmanagerFile routing() {
    return inForce;
  }

  /// Sections of alerting's own file that have changed and take effect at the next start. From any
  /// thread.
  public List<String> atNextStart() {
    return atNextStart;
  }

  /// The rules that run, and what is said about those that do not. From any thread.
  public RuleSet rules() {
    return rules;
  }
}
