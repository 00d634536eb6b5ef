/// `email_configs`: mail over SMTP.
@NullMarked
package dev.longshore.alerting.receiver.email;

import org.jspecify.annotations.NullMarked;
