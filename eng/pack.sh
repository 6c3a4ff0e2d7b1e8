#!/usr/bin/env bash
# Packs every project of src into eng/feed, in place of what lay there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Symbols name paths inside the repository, not those of the machine that packed.
export ContinuousIntegrationBuild=true

rm -f eng/feed/*.nupkg eng/feed/*.snupkg
dotnet pack Iarnet.Libraries.sln -c Release --nologo --verbosity quiet "$@"

expected=$(find src -mindepth 2 -maxdepth 2 -name '*.csproj' | wc -l)
packed=$(find eng/feed -name '*.nupkg' | wc -l)
echo "$packed packages in eng/feed"
if [[ $packed -ne $expected ]]; then
  echo "src has $expected projects: is one of them missing from Iarnet.Libraries.sln?" >&2
  exit 1
fi
