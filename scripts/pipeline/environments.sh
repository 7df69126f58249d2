#!/usr/bin/env bash
# Every environment that is configured, as the output `targets`.
set -euo pipefail
cd "$(dirname "$0")/../.."
unset AFFECTED
exec node --import tsx scripts/pipeline/steps.ts targets
