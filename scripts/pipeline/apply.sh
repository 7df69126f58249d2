#!/usr/bin/env bash
# Applies exactly the plans in PACKED (pack.sh) to ENVIRONMENT, then compares what is deployed with what is declared.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Another job's plan holds the lock of a state for seconds: wait for it.
export TF_CLI_ARGS_plan="-lock-timeout=5m" TF_CLI_ARGS_apply="-lock-timeout=5m"
# openssl hides the plan and shows no change of it; the job that has packed it tells the hash by another way than the
# artifact. GitLab's has none.
if [[ -n "${GITHUB_ACTIONS:-}" ]] && ! sha256sum --check --status <<<"${PACKED_HASH:-}  $PACKED" 2>/dev/null; then
  echo "The packed plan is not what the job of the plan has made: run all jobs again." >&2
  exit 2
fi
mkdir -p "$PLAN"
if ! openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -pass env:PLAN_PASSPHRASE -in "$PACKED" |
  tar -C "$PLAN" -xzf -; then
  echo "The plan cannot be decrypted: PLAN_PASSPHRASE is not the one that it was packed with." >&2
  exit 2
fi
npm run --silent deploy -- --env "$ENVIRONMENT" --apply "$PLAN"
npm run --silent verify -- --env "$ENVIRONMENT" ${GITHUB_STEP_SUMMARY:+--github}
