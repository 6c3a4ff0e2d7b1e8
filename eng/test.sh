#!/usr/bin/env bash
# Builds everything and runs every test. Installs what the tests need and is missing (Debian packages; needs root for that).
#
#   ./eng/test.sh                 everything
#   ./eng/test.sh Store           the test projects whose name contains "Store"
#   ./eng/test.sh A_late_reply    when no project has such a name: the tests whose full name contains it
#   ./eng/test.sh --fast ...      without the tests marked Category=Slow
#
# The last line is always "N passed, N failed, N skipped", with the name and the message of each failed test above it; the exit code
# is 1 when anything failed. A test project that crashes or hangs counts as one failure more. Results are in artifacts/test-results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Build servers that outlive the run would hold files and memory of the machine.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

readonly debian_packages=(
  python3-zmq python3-grpcio python3-grpc-tools python3-protobuf python3-cloudpickle python3-numpy python3-distributed libzmq3-dev gcc libc6-dev iproute2
  redis-server redis-tools)
readonly results=artifacts/test-results
# Where the names of the failed tests gather, each with the start of its message: the last lines are all that some readers keep.
readonly failures=$results/failures.txt
readonly python=/usr/bin/python3

fast=false
filter=""
for argument in "$@"; do
  case "$argument" in
    --fast) fast=true ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "Unknown option '$argument'. See ./eng/test.sh --help." >&2; exit 2 ;;
    *) filter=$argument ;;
  esac
done

passed=0 failed=0 skipped=0
finish() {
  echo
  if [[ $((passed + failed + skipped)) -eq 0 ]]; then
    echo "No test matches '$filter'."
    failed=1
  fi
  [[ -s $failures ]] && cat "$failures"
  echo "$passed passed, $failed failed, $skipped skipped"
  [[ $failed -eq 0 ]] && exit 0 || exit 1
}

summary() { # name passed failed skipped seconds note
  printf '%-34s %6d passed %4d failed %4d skipped %6ds  %s\n' "$@"
}

count() { # name passed failed skipped seconds note
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  lines+=("$(summary "$@")")
}

install_missing() {
  local missing=() package run=()
  if ! command -v apt-get > /dev/null; then
    echo "This is no Debian: install what '${debian_packages[*]}' stands for by hand. Tests that miss something will say so." >&2
    return 0
  fi

  for package in "${debian_packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null) == ii* ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  if [[ $EUID -ne 0 ]]; then
    if ! sudo -n true 2> /dev/null; then
      echo "Missing: ${missing[*]}. Run 'apt-get install ${missing[*]}' as root. Tests that miss something will say so." >&2
      return 0
    fi
    run=(sudo -n)
  fi

  echo "Installing ${missing[*]}"
  { "${run[@]}" apt-get update -qq \
    && "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null; } \
    || echo "Not installed: ${missing[*]}. Tests that miss something will say so." >&2
}

# The foreign peers of the bus on Node.js; tests that miss them say how to install them.
install_node_peers() {
  local peers=tests/Iarnet.Bus.Tests/Peers/node
  [[ ! -e $peers/node_modules/.package-lock.json || $peers/package-lock.json -nt $peers/node_modules/.package-lock.json ]] || return 0
  npm ci --prefix "$peers" --no-audit --no-fund || echo "Not installed: the packages of $peers. Tests that miss them will say so." >&2
}

# One number of a .trx file's summary; 0 when the file or the number is not there.
counter() { # file name
  local value
  value=$(grep -o "<Counters [^>]*" "$1" 2> /dev/null | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9' || true)
  echo "${value:-0}"
}

# The failed tests of one .trx file, a line each.
name_failures() { # file
  tr '\n' ' ' < "$1" 2> /dev/null | sed 's/<UnitTestResult /\n&/g' | grep '^<UnitTestResult [^>]*outcome="Failed"' \
    | sed -E 's/^<UnitTestResult [^>]*testName="([^"]*)".*<Message>(.*)<\/Message>.*/\1: \2/; s/^(.{300}).*/\1/; s/^/failed: /' >> "$failures" || true
}

run_dotnet() { # project name
  local name=$1 trx=$results/$1.trx code=0 begin=$SECONDS arguments=() note="" total good bad
  [[ $fast == true ]] && arguments+=("Category!=Slow")
  [[ -n $test_filter ]] && arguments+=("FullyQualifiedName~$test_filter")
  [[ ${#arguments[@]} -gt 0 ]] && arguments=(--filter "$(IFS='&'; echo "${arguments[*]}")")

  echo "== $name"
  # The assembly, not the project: no second evaluation of what was just built.
  dotnet test "artifacts/bin/$name/release/$name.dll" "${arguments[@]}" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results" \
    --blame-hang-timeout 5m --blame-hang-dump-type none || code=$?

  total=$(counter "$trx" total) good=$(counter "$trx" passed) bad=$(counter "$trx" failed)
  if [[ $code -ne 0 && $bad -eq 0 ]]; then
    bad=1 note="ended with $code and without a failed test: it crashed, hung or was not built"
    total=$((total + 1))
  fi
  [[ -z $note ]] || echo "failed: $name $note" >> "$failures"
  name_failures "$trx"
  count "$name" "$good" "$bad" "$((total - good - bad))" "$((SECONDS - begin))" "$note"
}

run_python() {
  local name=workers/python log=$results/python.txt code=0 begin=$SECONDS note="" total bad skips
  echo "== $name"
  (cd workers/python && "$python" -m unittest discover -s tests -t . -v ${test_filter:+-k "$test_filter"}) 2>&1 | tee "$log" || code=$?
  total=$(sed -n 's/^Ran \([0-9]*\) tests\{0,1\} in .*/\1/p' "$log" | tail -n 1)
  skips=$(sed -n 's/^\(OK\|FAILED\) (.*skipped=\([0-9]*\).*/\2/p' "$log" | tail -n 1)
  bad=$(sed -n 's/^FAILED (\(.*\))/\1/p' "$log" | tail -n 1 | grep -oE '(failures|errors)=[0-9]+' | grep -oE '[0-9]+' | paste -sd+ || true)
  total=${total:-0} skips=${skips:-0} bad=$((${bad:-0}))
  if [[ $code -ne 0 && $bad -eq 0 && ! ($code -eq 5 && $total -eq 0) ]]; then
    bad=1 total=$((total + 1)) note="ended with $code and without a failed test: it crashed"
  fi
  grep -E '^(FAIL|ERROR): ' "$log" | sed 's/^/failed: /' >> "$failures" || true
  count "$name" "$((total - bad - skips))" "$bad" "$skips" "$((SECONDS - begin))" "$note"
}

run_node() {
  local name=workers/node log=$results/node.txt code=0 begin=$SECONDS note="" good bad skips
  echo "== $name"
  (cd workers/node/iarnet-store && node --test --test-reporter=tap ${test_filter:+--test-name-pattern="$test_filter"}) > "$log" 2>&1 || code=$?
  grep -E '^ *not ok |^# (tests|pass|fail|skipped) ' "$log" || cat "$log"
  good=$(sed -n 's/^# pass //p' "$log") bad=$(sed -n 's/^# fail //p' "$log")
  skips=$(sed -n 's/^# skipped //p' "$log")
  good=${good:-0} bad=${bad:-0} skips=${skips:-0}
  # A filter is not to count what it left out.
  [[ -n $test_filter ]] && skips=0
  if [[ $code -ne 0 && $bad -eq 0 ]]; then
    bad=1 note="ended with $code and without a failed test: it crashed, or node is missing (Debian: nodejs)"
  fi
  grep -E '^ *not ok ' "$log" | sed -E 's/^ *not ok [0-9]+ - /failed: node: /' >> "$failures" || true
  count "$name" "$good" "$bad" "$skips" "$((SECONDS - begin))" "$note"
}

lines=()
rm -rf "$results"
mkdir -p "$results"
install_missing
install_node_peers

echo "== build"
if ! dotnet build Iarnet.Libraries.sln -c Release --nologo --verbosity quiet; then
  echo "The build failed: no test was run."
  failed=1
  finish
fi

projects=() test_filter=""
for project in tests/*/*Tests.csproj; do
  name=$(basename "$project" .csproj)
  [[ ${name,,} == *"${filter,,}"* ]] && projects+=("$name")
done
with_python=false
[[ -d workers/python/tests && workers/python == *"${filter,,}"* ]] && with_python=true

with_node=false
[[ workers/node == *"${filter,,}"* ]] && with_node=true

if [[ ${#projects[@]} -eq 0 && $with_python == false && $with_node == false ]]; then
  test_filter=$filter
  for project in tests/*/*Tests.csproj; do
    projects+=("$(basename "$project" .csproj)")
  done
  [[ -d workers/python/tests ]] && with_python=true
  with_node=true
fi

# One after the other: many of them start processes of their own and measure time against each other.
for name in "${projects[@]}"; do
  run_dotnet "$name"
done
[[ $with_python == true ]] && run_python
[[ $with_node == true ]] && run_node

echo
printf '%s\n' "${lines[@]}"
finish
