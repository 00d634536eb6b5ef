# The images of Longshore's products. `./longshore images` builds both under the names that the charts pull; by hand:
#
#   docker build -t localhost/longshore/agent:0.1.0 .                         the agent, which is the default
#   docker build --target alerting -t localhost/longshore/alerting:0.1.0 .
#
# They are built from source, with BuildKit or without. Where containers can't reach a Maven repository,
# `./longshore build` first and `--build-arg ARTIFACTS=packed` then pack what was built outside.
# The layers that change rarely come first.

# What it is built with, and the distribution whose C library goes into the images. Both are arguments: a release names them by digest.
# They are those of deploy/base-images.env.
ARG BUILD_IMAGE=eclipse-temurin:25-jdk
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven binutils gzip gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
# The JDK's modules that the products need, and nothing to build with.
RUN jlink --output /runtime --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs \
 && find /runtime -exec touch -d @1000000000 {} +
COPY src/shared/src/main/image/longshore.c /launcher/
RUN for product in agent alerting; do \
      gcc -Os -static -Wall -DPRODUCT="\"$product\"" -o /launcher/$product /launcher/longshore.c && strip /launcher/$product || exit 1; \
    done

# What the images have of a distribution: the C library and what the JVM and native libraries are linked with, the locale C.UTF-8,
# and two users. No shell, no package manager. Each library is copied to where it lies, and so is the loader.
FROM ${BASE_IMAGE} AS root
COPY --from=runtime /runtime /opt/java
RUN mkdir -p /root-of-images/etc /root-of-images/tmp /root-of-images/usr/lib/locale \
 && chmod 1777 /root-of-images/tmp \
 && { find /opt/java -type f \( -name '*.so' -o -path '*/bin/*' \) -exec ldd {} + 2>/dev/null \
        | awk '$2 == "=>" && $3 ~ /^\// {print $3} $1 ~ /^\/.*\/ld-/ {print $1}' | grep -v '^/opt/java/'; \
      ls -d /lib/*-linux-gnu*/libc.so.6 /lib/*-linux-gnu*/libm.so.6 /lib/*-linux-gnu*/libdl.so.2 /lib/*-linux-gnu*/libpthread.so.0 \
        /lib/*-linux-gnu*/librt.so.1 /lib/*-linux-gnu*/libresolv.so.2 /lib/*-linux-gnu*/libnss_files.so.2 \
        /lib/*-linux-gnu*/libnss_dns.so.2; } | sort -u > /libraries \
 && while read -r library; do mkdir -p "/root-of-images$(dirname "$library")" && cp -L "$library" "/root-of-images$library" || exit 1; done < /libraries \
 && cp -a /usr/lib/locale/C.utf8 /root-of-images/usr/lib/locale/ \
 && cp /etc/nsswitch.conf /root-of-images/etc/ \
 && printf 'root:x:0:0:root:/:/nonexistent\nlongshore:x:65532:65532:longshore:/:/nonexistent\n' > /root-of-images/etc/passwd \
 && printf 'root:x:0:\nlongshore:x:65532:\n' > /root-of-images/etc/group \
 && cp /etc/os-release /root-of-images/etc/os-release \
 # The licences of what is copied, where the base image has them.
 && for package in $(while read -r library; do dpkg -S "*/$(basename "$library")"; done < /libraries | cut -d: -f1 | sort -u); do \
      mkdir -p "/root-of-images/usr/share/doc/$package"; \
      cp "/usr/share/doc/$package/copyright" "/root-of-images/usr/share/doc/$package/" || echo "this base image is without the licence of $package" >&2; \
    done \
 && find /root-of-images -exec touch -h -d @1000000000 {} +

FROM runtime AS build
ARG ARTIFACTS=built
# The commit and the release's version, for --version: --build-arg REVISION=$(git rev-parse --short=12 HEAD)
ARG REVISION=unknown
ARG VERSION=
WORKDIR /build
# Dependencies change less often than sources: while no pom.xml changes, nothing is fetched again.
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY agent/pom.xml agent/
COPY alerting/pom.xml alerting/
COPY src/shared/pom.xml src/shared/
COPY src/gotemplate/pom.xml src/gotemplate/
COPY src/rulelab/pom.xml src/rulelab/
COPY src/testkit/pom.xml src/testkit/
COPY src/demo/pom.xml src/demo/
COPY src/bench/pom.xml src/bench/
COPY src/e2e/pom.xml src/e2e/
COPY src/arch/pom.xml src/arch/
COPY src/deploy/pom.xml src/deploy/
COPY src/release/pom.xml src/release/
RUN [ "$ARTIFACTS" = packed ] || ./mvnw -B -ntp -q -Dquick -Dmaven.test.skip=true -Dcyclonedx.skip=true -pl src/bench,src/rulelab -am package
COPY longshore ./
COPY agent/src agent/src
COPY alerting/src alerting/src
COPY src src
# What was built outside, if anything was: names that match nothing are passed over.
COPY agent/pom.xml agent/target/longshore-agent.ja[r] /packed/agent/
COPY agent/pom.xml agent/target/lib/*.jar /packed/agent/lib/
COPY alerting/pom.xml alerting/target/longshore-alerting.ja[r] /packed/alerting/
COPY alerting/pom.xml alerting/target/lib/*.jar /packed/alerting/lib/
COPY src/bench/pom.xml src/bench/target/classe[s] /packed/src/bench/classes/
COPY src/bench/pom.xml src/bench/target/lib/*.jar /packed/src/bench/lib/
RUN if [ "$ARTIFACTS" = packed ]; then \
      test -f /packed/agent/longshore-agent.jar || { echo "nothing is built outside: run ./longshore build first" >&2; exit 1; }; \
      find /packed -name pom.xml -delete; \
      for module in agent alerting src/bench; do mkdir -p $module; rm -rf $module/target; mv /packed/$module $module/target; done; \
    else \
      ./mvnw -B -ntp -q -Dquick -Dmaven.test.skip=true -Dcyclonedx.skip=true -Dbuild.revision=$REVISION ${VERSION:+-Dbuild.version=$VERSION} -pl src/bench,src/rulelab -am package; \
    fi \
 # An AOT cache knows its jars by their times. Docker goes by content: a layer that it takes from its cache would have others.
 && find agent/target alerting/target -name '*.jar' -exec touch -d @1000000000 {} +

# Training runs with that runtime make the AOT caches.
FROM build AS agent-build
# Fewer make a cache sooner, with which a busy agent costs more in its first minutes; for a trial.
ARG TRAINING_LINES=1500000
RUN java -Xmx256m -Dlongshore.java.home=/runtime -Dlongshore.training.lines=$TRAINING_LINES \
    -cp 'src/bench/target/classes:src/bench/target/lib/*' dev.longshore.bench.TrainMain agent \
 && mkdir -p /image/var/lib/longshore

FROM scratch AS agent
ARG REVISION=unknown
ARG VERSION=
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="longshore-agent" \
      org.opencontainers.image.description="Ships container logs from Kubernetes nodes into Elasticsearch" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Longshore" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# File names are UTF-8.
ENV LANG=C.UTF-8 PATH=/usr/local/bin:/opt/java/bin
COPY --from=root /root-of-images /
COPY --from=agent-build /runtime /opt/java
COPY --from=agent-build /image /
COPY LICENSE NOTICE /licenses/
# The AOT cache knows the jars by their paths and times, so they lie where they were built.
COPY --from=agent-build /build/agent/target/lib /build/agent/target/lib
COPY --from=agent-build /launcher/agent /usr/local/bin/longshore
COPY --from=agent-build /build/agent/src/main/jvm /build/agent/src/main/jvm
COPY --from=agent-build /build/agent/target/longshore-agent.jar /build/agent/target/longshore-agent.aot /build/agent/target/
# Fails where the cache is of no use.
RUN ["/opt/java/bin/java", "@/build/agent/src/main/jvm/agent.jvmflags", "-XX:AOTMode=on", "-XX:AOTCache=/build/agent/target/longshore-agent.aot", "-jar", "/build/agent/target/longshore-agent.jar", "help"]
EXPOSE 9600
VOLUME /var/lib/longshore
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s \
  CMD ["/opt/java/bin/java", "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/build/agent/target/lib/*", "dev.longshore.shared.ops.Probe", "http://127.0.0.1:9600/healthz"]
# Root, because the kubelet's log files belong to root; it needs no capability.
ENTRYPOINT ["/opt/java/bin/java", "@/build/agent/src/main/jvm/agent.jvmflags", "-XX:AOTCache=/build/agent/target/longshore-agent.aot", "-jar", "/build/agent/target/longshore-agent.jar"]
CMD ["--config", "/etc/longshore/agent.yaml"]

FROM build AS alerting-build
RUN java -Xmx256m -Dlongshore.java.home=/runtime \
    -cp 'src/bench/target/classes:src/bench/target/lib/*' dev.longshore.bench.TrainMain alerting \
 && mkdir -p /image/var/lib/longshore-alerting \
 && chown 65532:65532 /image/var/lib/longshore-alerting

FROM scratch AS alerting
ARG REVISION=unknown
ARG VERSION=
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="longshore-alerting" \
      org.opencontainers.image.description="Evaluates metric and log rules, and tells Slack" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Longshore" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENV LANG=C.UTF-8 PATH=/usr/local/bin:/opt/java/bin
COPY --from=root /root-of-images /
COPY --from=alerting-build /runtime /opt/java
COPY --from=alerting-build /image /
COPY LICENSE NOTICE /licenses/
COPY --from=alerting-build /build/alerting/target/lib /build/alerting/target/lib
COPY --from=alerting-build /launcher/alerting /usr/local/bin/longshore
COPY --from=alerting-build /build/alerting/src/main/jvm /build/alerting/src/main/jvm
COPY --from=alerting-build /build/alerting/target/longshore-alerting.jar /build/alerting/target/longshore-alerting.aot /build/alerting/target/
# Fails where the cache is of no use.
RUN ["/opt/java/bin/java", "@/build/alerting/src/main/jvm/alerting.jvmflags", "-XX:AOTMode=on", "-XX:AOTCache=/build/alerting/target/longshore-alerting.aot", "-jar", "/build/alerting/target/longshore-alerting.jar", "help"]
EXPOSE 9093
VOLUME /var/lib/longshore-alerting
USER 65532:65532
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s \
  CMD ["/opt/java/bin/java", "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/build/alerting/target/lib/*", "dev.longshore.shared.ops.Probe", "http://127.0.0.1:9093/-/healthy"]
ENTRYPOINT ["/opt/java/bin/java", "@/build/alerting/src/main/jvm/alerting.jvmflags", "-XX:AOTCache=/build/alerting/target/longshore-alerting.aot", "-jar", "/build/alerting/target/longshore-alerting.jar"]
CMD ["--config", "/etc/longshore/alerting.yaml"]

# Without --target the agent is built.
FROM agent
