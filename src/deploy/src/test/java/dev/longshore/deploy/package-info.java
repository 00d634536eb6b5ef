/// Proves `deploy/` and `dashboards/`: that Helm takes the charts, that Kubernetes and the
/// operators take what they make, that the playbook does what it says, and that all of it refers to
/// something that exists.
///
/// The published schemas that it reads are data beside the project; none of them is copied into it.
@NullMarked
package dev.longshore.deploy;

import org.jspecify.annotations.NullMarked;
