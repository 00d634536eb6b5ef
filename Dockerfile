# The images of Longshore's products: docker build --target agent -t longshore/agent .
# They are built from source; the layers that change rarely come first.

FROM eclipse-temurin:25-jdk AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends maven binutils gzip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The runtime: the JDK's modules that the agent needs, and nothing to build with.
RUN jlink --output /runtime --strip-debug --no-header-files --no-man-pages \
    --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,jdk.compiler,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.unsupported,jdk.zipfs
# Dependencies change less often than sources.
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY agent/pom.xml agent/
COPY src/shared/pom.xml src/shared/
COPY src/testkit/pom.xml src/testkit/
COPY src/demo/pom.xml src/demo/
COPY src/bench/pom.xml src/bench/
COPY src/e2e/pom.xml src/e2e/
COPY src/arch/pom.xml src/arch/
RUN ./mvnw -B -ntp -q -Dquick -pl src/bench -am package
COPY longshore ./
COPY agent agent
COPY src src
RUN ./mvnw -B -ntp -q -Dquick -DskipTests -pl src/bench -am package
# A training run with that runtime makes the AOT cache.
RUN java -Xmx256m -Dlongshore.agent.java.home=/runtime \
    -cp 'src/bench/target/classes:src/bench/target/lib/*' dev.longshore.bench.TrainMain \
 && mkdir -p /image/build/agent/src/main /image/build/agent/target /image/var/lib/longshore \
 && cp -a agent/src/main/jvm /image/build/agent/src/main/ \
 && cp -a agent/target/longshore-agent.jar agent/target/longshore-agent.aot agent/target/lib /image/build/agent/target/

FROM debian:bookworm-slim AS agent
COPY --from=build /runtime /opt/java
# The AOT cache knows the jars by their paths, so they lie where they were built.
COPY --from=build /image /
COPY agent/src/main/image/longshore /usr/local/bin/longshore
LABEL org.opencontainers.image.title="longshore-agent" \
      org.opencontainers.image.description="Ships container logs from Kubernetes nodes into Elasticsearch" \
      org.opencontainers.image.licenses="Apache-2.0"
EXPOSE 9600
VOLUME /var/lib/longshore
ENTRYPOINT ["/opt/java/bin/java", "@/build/agent/src/main/jvm/agent.jvmflags", "-XX:AOTCache=/build/agent/target/longshore-agent.aot", "-jar", "/build/agent/target/longshore-agent.jar"]
CMD ["--config", "/etc/longshore/agent.yaml"]
