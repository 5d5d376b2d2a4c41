#!/usr/bin/env bash
# Asks for deletions and resubmissions from a shell, with files, and follows both to their end.
#
#   SESSION_QUEUE_URL    the producer (http://127.0.0.1:3010)
#   SESSION_QUEUE_TOKEN  a token of its PRODUCER_API_KEYS; the demo prints one
#
#   pnpm build && examples/enqueue-cli.sh
set -euo pipefail
cd "$(dirname "$0")"
session_queue() { node ../apps/producer/dist/cli.js "$@"; }

# --yes: nobody is asked whether the sessions may go for good. The same command within 24 hours is the same request.
session_queue delete --file already-gone.txt --reason 'an example' --requested-by enqueue-cli --yes --watch
session_queue resubmit failed-submissions/submission-00*.txt --reason 'an example' --requested-by enqueue-cli --watch
