export const erasureHelp = `npm run demo:erasure [-- --exit]

Sets up what is missing, starts Redis, a fake Learnosity with a term's sessions at the real quotas, the producer, two workers
and the dashboard on this machine. Then: a retention rule finds the sessions completed over a year ago, a second person approves
of their deletion, it is carried out and verified, its certificate is checked offline, and a resubmission of a deleted
session is refused. Everything runs on until Ctrl-C.

  --exit   stop by itself when it is done; exit code 0 only if all of it held`;
