#!/usr/bin/env bash
# Runs a benchmark beside its peer and writes artifacts/bench/NAME.json; says how the numbers stand and exits 0 whatever they are.
#
#   ./eng/bench.sh dag             one benchmark
#   ./eng/bench.sh dag --short     a run of seconds that shows only that it works
#   ./eng/bench.sh bus --only RTT  the workloads with that in their name; prints, writes nothing
#   ./eng/bench.sh bus --self      libzmq in our place: how far its ratios are from 1 is the noise of the machine; writes nothing
#   ./eng/bench.sh bus-micro       single steps, without a peer: time and allocations
#   ./eng/bench.sh all [--short]   every one
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
readonly bench=artifacts/bin/Iarnet.LoadBench/release/Iarnet.LoadBench
readonly micro=artifacts/bin/Iarnet.MicroBenchmarks/release/Iarnet.MicroBenchmarks

if [[ $# -eq 0 || $1 == -* ]]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
name=$1
shift

build() { dotnet build "benchmarks/$1" -c Release --nologo --verbosity quiet; }

names=("$name")
[[ $name == bus-micro ]] || build Iarnet.LoadBench
[[ $name == all ]] && mapfile -t names < <("$bench" --list && echo bus-micro)
for one in "${names[@]}"; do
  if [[ $one == bus-micro ]]; then
    build Iarnet.MicroBenchmarks
    "$micro" --out artifacts/bench "$@"
  else
    "$bench" "$one" --out artifacts/bench "$@"
  fi
done
