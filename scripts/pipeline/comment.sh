#!/usr/bin/env bash
# Writes the one comment on PULL_REQUEST. Ends with 1 when the guard refuses a plan, 2 when one is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node --import tsx scripts/pipeline/steps.ts comment
