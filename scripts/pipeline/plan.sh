#!/usr/bin/env bash
# Plans STACKS (all, if empty) of ENVIRONMENT into the folder PLAN and leaves what may be shown of it in REPORT.
# Ends as the deployment does: 0 planned, 1 the guard refuses, 2 could not tell. Commits since SINCE may permit what
# the guard refuses.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Another job's plan holds the lock of a state for seconds: wait for it.
export TF_CLI_ARGS_plan="-lock-timeout=5m" TF_CLI_ARGS_apply="-lock-timeout=5m"
mkdir -p "$REPORT"
read -ra stacks <<<"${STACKS:-}"

plan() {
  rm -rf "$PLAN"
  code=0
  {
    npm run --silent deploy -- --env "$ENVIRONMENT" ${stacks[@]+"${stacks[@]}"} --plan-only --out "$PLAN" "$@" \
      2>&1 >&3 3>&- | tee "$REPORT/errors.txt" >&2
  } 3>&1 || code=$?
}

permitted() {
  [[ -n "${SINCE:-}" ]] || return 0
  if ! git cat-file -e "$SINCE^{commit}" 2>/dev/null; then
    echo "The commit $SINCE is not in this clone: no allowances are read." >&2
    return 0
  fi
  git log --format='%(trailers:key=Allow-Plan,valueonly,unfold)' "$SINCE..HEAD" |
    PLAN="$PLAN" node --import tsx scripts/pipeline/steps.ts allowances
}

plan
if [[ "$code" == 1 ]]; then
  if allowances="$(permitted)"; then
    if [[ -n "$allowances" ]]; then
      mapfile -t allow <<<"$allowances"
      plan "${allow[@]}"
    fi
  else
    code=2
  fi
fi

for file in summary.md plans.json; do
  if [[ -f "$PLAN/$file" ]]; then cp "$PLAN/$file" "$REPORT/$file"; fi
done
printf '{"environment":"%s","plan":%d}\n' "$ENVIRONMENT" "$code" >"$REPORT/outcome.json"
if [[ -n "${GITHUB_STEP_SUMMARY:-}" && -f "$REPORT/summary.md" ]]; then
  cat "$REPORT/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [[ -n "${GITHUB_OUTPUT:-}" ]]; then node --import tsx scripts/pipeline/steps.ts changes; fi
exit "$code"
