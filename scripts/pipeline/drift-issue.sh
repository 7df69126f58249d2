#!/usr/bin/env bash
# Opens, updates or closes the one issue on drift. Ends with 1 while there is any, 2 when it could not tell.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node --import tsx scripts/pipeline/steps.ts drift
