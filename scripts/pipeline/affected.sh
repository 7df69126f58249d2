#!/usr/bin/env bash
# The environments and stacks that the change since BASE affects, as the output `targets`.
set -euo pipefail
cd "$(dirname "$0")/../.."
AFFECTED="$(npm run --silent affected -- --base "$BASE" --json)"
export AFFECTED
exec node --import tsx scripts/pipeline/steps.ts targets
