/// What regular expressions may cost that come from outside: by an API, or in objects that tenants
/// write. It compiles none, and knows no library that does.
@NullMarked
package dev.longshore.shared.regex;

import org.jspecify.annotations.NullMarked;
