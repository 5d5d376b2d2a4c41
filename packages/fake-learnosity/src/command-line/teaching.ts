/** What `--help` says after the options. */
export const teaching = `
The address stands in for https://data.learnosity.com: POST <url>/v2026.2.LTS/sessions and so on. When it is ready, one
line of JSON on the standard output tells url, port and seed. Without --consumer it knows the published demo consumer
for the domain localhost.

Beside the Data API, on the same port:
  GET    /__books           totals: calls, quotas, sessions, submissions, jobs
  GET    /__books?items=1   the same with every session, submission and job
  GET    /__sessions        every session given or made: a line of JSON each, with whether it exists, and is shown
  POST   /__sessions        gives more: {"sessions": [...]}, or makes them: {"make": {"count", "users", "activities",
                            "withoutMetadata", "from", "to"}}
  POST   /__script          puts a fault in force, or an array of faults
  GET    /__script          lists the faults in force, and how often each struck
  DELETE /__script[/<id>]   takes all faults, or one, out of force
  POST   /__reset           forgets calls, jobs and scripts; deleted sessions exist again

Examples:
  --consumer my-key:my-secret:example.com --latency 20-320 --job-seconds 1-5
  --make-sessions 100000 --without-metadata 0.02 --seed erasure
  --gone-file gone.txt --gone refuse-named
  --quota deletion=off --quota jobs=off --lean     for benchmarks
  curl -d '{"fault":"error","status":503,"times":3,"match":{"endpoint":"deletion"}}' <url>/__script
  curl -d '{"fault":"reappearance","min":5000,"max":60000,"share":0.1,"times":1}' <url>/__script
  curl -d '{"fault":"badItems","prefix":"bad-","naming":"none"}' <url>/__script

Faults: error, cut, hang, badJson, html, truncated, oversize, slowBody, wrongShape, tooLarge, badItems, gone, latency,
halted, jobTime, lateReference, vanishingReference, slowRemoval, reappearance, wrongNext, secret. Each but secret
takes match {endpoint, consumer, holding}, times and probability. A malformed one is refused with the reason.
`;
