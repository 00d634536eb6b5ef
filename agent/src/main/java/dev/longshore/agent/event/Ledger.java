package dev.longshore.agent.event;

import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The accounts of all containers that this agent has seen since it started.
public final class Ledger {
  private final ConcurrentHashMap<ContainerRef, Account> accounts = new ConcurrentHashMap<>();
  private final Account closed = new Account(new ContainerRef("", "", "", ""));

  /// The container's account, opened when it is asked for first.
  public Account account(ContainerRef container) {
    return accounts.computeIfAbsent(container, Account::new);
  }

  /// The container's account, or null when there is none; opens none.
  public @Nullable Account find(ContainerRef container) {
    return accounts.get(container);
  }

  /// All accounts, in no order.
  public Collection<Account> accounts() {
    return Collections.unmodifiableCollection(accounts.values());
  }

  /// Closes the account of a container whose files are gone and whose records have all left the
  /// queue.
  ///
  /// @return false when there still are records in the queue
  public boolean close(ContainerRef container) {
    Account account = accounts.get(container);
    if (account == null) {
      return true;
    }
    if (account.buffered() != 0
        || account.bufferedBytes() != 0
        || !accounts.remove(container, account)) {
      return false;
    }
    account.addTo(closed);
    return true;
  }

  /// The books that are closed, in one.
  public Account closed() {
    return closed;
  }
}
