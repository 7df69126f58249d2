#!/usr/bin/env bash
# Looks for differences between ENVIRONMENT and the branch: by a plan of all stacks, and by the verifier. What they
# find is left in REPORT; the job that writes the issue judges it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Another job's plan holds the lock of a state for seconds: wait for it.
export TF_CLI_ARGS_plan="-lock-timeout=5m" TF_CLI_ARGS_apply="-lock-timeout=5m"
mkdir -p "$REPORT"

planned=0
{
  npm run --silent deploy -- --env "$ENVIRONMENT" --plan-only --out "$PLAN" 2>&1 >&3 3>&- |
    tee "$REPORT/errors.txt" >&2
} 3>&1 || planned=$?
verified=0
{
  npm run --silent verify -- --env "$ENVIRONMENT" --json ${GITHUB_STEP_SUMMARY:+--github} 2>&1 >"$REPORT/verify.json" |
    tee -a "$REPORT/errors.txt" >&2
} || verified=$?

for file in summary.md plans.json; do
  if [[ -f "$PLAN/$file" ]]; then cp "$PLAN/$file" "$REPORT/$file"; fi
done
printf '{"environment":"%s","plan":%d,"verify":%d}\n' "$ENVIRONMENT" "$planned" "$verified" >"$REPORT/outcome.json"
