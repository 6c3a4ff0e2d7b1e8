#!/usr/bin/env bash
# Runs a benchmark beside its peer and writes artifacts/bench/NAME.json; says how the numbers stand and exits 0 whatever they are.
#
#   ./eng/bench.sh dag             one benchmark
#   ./eng/bench.sh dag --short     a run of seconds that shows only that it works
#   ./eng/bench.sh all [--short]   every one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
readonly bench=artifacts/bin/Iarnet.LoadBench/release/Iarnet.LoadBench

if [[ $# -eq 0 || $1 == -* ]]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
name=$1
shift

dotnet build benchmarks/Iarnet.LoadBench -c Release --nologo --verbosity quiet
names=("$name")
[[ $name == all ]] && mapfile -t names < <("$bench" --list)
for one in "${names[@]}"; do
  "$bench" "$one" --out artifacts/bench "$@"
done
