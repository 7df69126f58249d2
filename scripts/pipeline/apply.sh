#!/usr/bin/env bash
# Applies exactly the plans in PACKED (pack.sh) to ENVIRONMENT, then compares every table with its spec.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$PLAN"
if ! openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -pass env:PLAN_PASSPHRASE -in "$PACKED" |
  tar -C "$PLAN" -xzf -; then
  echo "The plan cannot be decrypted: PLAN_PASSPHRASE is not the one that it was packed with." >&2
  exit 2
fi
npm run --silent deploy -- --env "$ENVIRONMENT" --apply "$PLAN"
npm run --silent verify -- --env "$ENVIRONMENT"
