#!/usr/bin/env bash
# Settings of ENVIRONMENT, and the ARN of its ROLE (plan or apply), for the later steps of a job of GitHub.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node --import tsx scripts/pipeline/steps.ts settings
