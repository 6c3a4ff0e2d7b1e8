#!/usr/bin/env bash
# Uses the packages of eng/feed as a stranger would: outside the repository, from the feed alone, with a package folder of its own.
# Runs the README's first program and one with worker processes, then looks into every package. Run ./eng/pack.sh first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
feed=$PWD/eng/feed
package=$(find "$feed" -name 'Iarnet.[0-9]*.nupkg' | sort | tail -n 1)
if [[ -z $package ]]; then
  echo "No package Iarnet in eng/feed: run ./eng/pack.sh first." >&2
  exit 1
fi
version=$(basename "$package" .nupkg)
version=${version#Iarnet.}

away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
# Nothing that was restored before may stand in for what is in the feed.
export NUGET_PACKAGES=$away/packages

cat > "$away/nuget.config" << XML
<configuration>
  <packageSources>
    <add key="iarnet-feed" value="$feed" />
  </packageSources>
</configuration>
XML
cp global.json "$away/"
mkdir "$away/hello" && cp samples/Hello/hello.cs "$away/hello/"
cp -r eng/checks/consumer "$away/consumer"

expect() { # what it should print, name, command...
  local expected=$1 name=$2 printed
  shift 2
  echo "== $name"
  # Not tee /dev/stderr: where that is a file, it would be opened anew and emptied.
  printed=$(cd "$away" && timeout 300 "$@" | tee >(cat >&2) | tail -n 1)
  if [[ $printed != "$expected" ]]; then
    echo "$name printed '$printed' where '$expected' was expected." >&2
    exit 1
  fi
}

# PublishAot is the default of such a program and asks for packages of the compiler that not every source has.
expect 169 "a program of one file, from packages" dotnet run -p:PublishAot=false hello/hello.cs
expect "squares 385 in 2 processes" "a project with worker processes, from packages" \
  dotnet run --project consumer -c Release -p:IarnetVersion="$version"

stale=$(grep -L --fixed-strings "$feed" "$NUGET_PACKAGES"/iarnet*/*/.nupkg.metadata || true)
if [[ -n $stale ]]; then
  echo "These did not come from the feed: $stale" >&2
  exit 1
fi

echo "== every package"
dotnet run eng/checks/packages.cs -- "$feed" "$NUGET_PACKAGES"
