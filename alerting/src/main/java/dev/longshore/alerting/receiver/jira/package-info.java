/// `jira_configs`: issues of Jira, one for a group.
@NullMarked
package dev.longshore.alerting.receiver.jira;

import org.jspecify.annotations.NullMarked;
