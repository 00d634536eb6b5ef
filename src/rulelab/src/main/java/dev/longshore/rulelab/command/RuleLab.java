package dev.longshore.rulelab.command;

import dev.longshore.alerting.command.Command;
import java.util.List;

/// The commands of the rule laboratory, as alerting's command line finds them.
public final class RuleLab implements Command.Provider {
  @Override
  public List<Command> commands(Command.Context context) {
    return List.of(
        new TestCommand(context),
        new BacktestCommand(context),
        new ImportCommand(context),
        new OnCallCommand(context));
  }
}
