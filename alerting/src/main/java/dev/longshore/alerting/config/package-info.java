/// What alerting is told from outside: its own file ([AlertingConfig]) and the Alertmanager file
/// ([AlertmanagerFile]).
///
/// Both are read strictly: all problems at once, each with its line. Alertmanager's file is read as
/// it is; what Longshore does not do is a problem that names the key. Nothing here acts.
@NullMarked
package dev.longshore.alerting.config;

import org.jspecify.annotations.NullMarked;
