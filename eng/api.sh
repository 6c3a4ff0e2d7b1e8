#!/usr/bin/env bash
# Accepts the public API and the wire as they are now: writes api/*.txt. Review the difference before you commit it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export IARNET_ACCEPT_LEDGERS=1
dotnet test tests/Iarnet.House.Tests -c Release --filter Category=Ledger --nologo --verbosity quiet
git --no-pager status --short -- api || true
