# shellcheck shell=bash
# Java of a module inside the host lab: its classes and those that its tests need, as Maven tells, with the runtime that is there.

readonly project=$source_folder/..
read -r -a maven <<<"${VSMMU_LAB_MAVEN:-./mvnw -q -B}"
readonly maven
readonly java_limit=${VSMMU_LAB_JAVA_LIMIT:-540} # seconds
readonly java_options="-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED ${VSMMU_LAB_JAVA_OPTIONS:-}"

in_project() { (cd "$project" && "${maven[@]}" -DskipFormat "$@") >&2; }

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
}

# The launcher of the JUnit that the module uses, from Maven Central; kept.
add_launcher() {
  local version name
  version=$(find "$1/lib" -name 'junit-platform-engine-*.jar' | sed -E 's/.*-([0-9].*)\.jar/\1/')
  [ -n "$version" ] || fail "the module has no tests that JUnit runs"
  name=junit-platform-console-standalone-$version.jar
  [ -e "$host/$name" ] ||
    in_project -N dependency:copy "-Dartifact=org.junit.platform:junit-platform-console-standalone:$version" "-DoutputDirectory=$host" ||
    fail "$name is not to be had"
  cp "$host/$name" "$1/lib/"
}

# java_job DIR MAIN ARGUMENT...: writes DIR/job.sh.
java_job() {
  local path words=("${@:2}")
  path=$(cd "$1" && printf '%s:' classes/*)lib/*
  echo "exec timeout -k 5 $java_limit java $java_options -cp ${path@Q} ${words[*]@Q}" >"$1/job.sh"
}

# What JUnit's launcher says of each test as results of ours. Containers are told only when they fail.
as_results() {
  awk '
    / :: STARTED$/ || /^\[ +[0-9]+ (containers|tests) / || /^ *$/ { next }
    / :: SUCCESSFUL$/ && /\)( > .*)? :: / { print "ok " (++number) " - " words($0); fflush(); next }
    / :: SUCCESSFUL$/ { next }
    / :: FAILED$/ { print "not ok " (++number) " - " words($0); fflush(); next }
    / :: (SKIPPED|ABORTED)$/ { print "skipped - " words($0); fflush(); next }
    { print "#   " $0; fflush() }
    function words(line) { sub(/^JUnit Jupiter > /, "", line); sub(/ :: [A-Z]+$/, "", line); gsub(/ > /, ": ", line); return line }'
}
