/// Configuration from one YAML file, read strictly: every problem is found in one go and told with
/// its line, path, value and what would be accepted. Keys are declared where they are read, so the
/// reference page and the effective configuration come from the same statements.
///
/// What can go wrong is always one [ConfigException]; secrets never appear in it.
@NullMarked
package dev.longshore.shared.config;

import org.jspecify.annotations.NullMarked;
