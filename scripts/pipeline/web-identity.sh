#!/usr/bin/env bash
# Puts GitLab's token WEB_IDENTITY where the SDK and Terraform look for it, AWS_WEB_IDENTITY_TOKEN_FILE. Jobs that call
# no AWS have none.
set -euo pipefail
if [[ -z "${WEB_IDENTITY:-}" ]]; then exit 0; fi
umask 077
printf '%s' "$WEB_IDENTITY" >"$AWS_WEB_IDENTITY_TOKEN_FILE"
