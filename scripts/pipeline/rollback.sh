#!/usr/bin/env bash
# Rolls STACK of ENVIRONMENT back, to COMMIT if there is one, or shows what that would do: MODE preview or apply.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Another job's plan holds the lock of a state for seconds: wait for it.
export TF_CLI_ARGS_plan="-lock-timeout=5m" TF_CLI_ARGS_apply="-lock-timeout=5m"

refuse() {
  echo "$1" >&2
  exit 2
}
# They come from a form: none may be an option of the command.
[[ "$STACK" =~ ^[a-z][a-z-]*$ ]] || refuse "STACK must be a stack's id, such as trade-status-services-prod."
[[ "${COMMIT:-}" =~ ^([0-9A-Za-z][0-9A-Za-z./_-]*)?$ ]] || refuse "COMMIT must be a commit, a tag or a branch."
[[ "${TABLES:-}" =~ ^[A-Za-z0-9._\ -]*$ ]] || refuse "TABLES must be names of tables, by spaces."
[[ "${BACKUP:-}" =~ ^(on-demand|point-in-time)?$ ]] || refuse "BACKUP must be on-demand or point-in-time."
[[ -n "${REASON//[[:space:]]/}" ]] || refuse "REASON must say why: it is the run's record."
if [[ -n "${COMMIT:-}" ]]; then
  # What is built there runs with the role's rights: only what has been reviewed, and once, if it is a branch's name.
  commit="$(git rev-parse --verify --quiet --end-of-options "$COMMIT^{commit}")" ||
    refuse "There is no commit $COMMIT in this clone."
  git merge-base --is-ancestor "$commit" HEAD ||
    refuse "$COMMIT is no earlier commit of this branch: the pipeline builds what has been merged, and nothing else."
fi
if [[ "$STACK" == *-tables* && -z "${COMMIT:-}" && "$ENVIRONMENT" != dev ]]; then
  refuse "Tables of $ENVIRONMENT are destroyed by a person with their own credentials, not by the pipeline's role."
fi

args=(--env "$ENVIRONMENT" "$STACK")
if [[ -n "${COMMIT:-}" ]]; then args+=("--to=$commit"); fi
for table in ${TABLES:-}; do args+=("--table=$table"); done
# The form has one always; it is of tables that go.
if [[ "$STACK" == *-tables* && -z "${COMMIT:-}" && -n "${BACKUP:-}" ]]; then args+=("--backup=$BACKUP"); fi
case "$MODE" in
preview) args+=(--dry-run) ;;
apply) args+=(--yes) ;;
*) refuse "MODE must be preview or apply." ;;
esac
npm run --silent rollback -- "${args[@]}"
