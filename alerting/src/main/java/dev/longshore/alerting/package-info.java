/// Alerting: rules and other people's alerts become notifications, told truthfully.
@NullMarked
package dev.longshore.alerting;

import org.jspecify.annotations.NullMarked;
