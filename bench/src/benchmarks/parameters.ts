/** What `--set` may say to each benchmark, by its name. */
export const parametersOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'quota-used': {
    kind: 'deletion, resubmission or both with a comma',
    seconds: 'of each race',
    replicas: 'of Session Queue and of the BullMQ peers, a list',
    latency: 'ms on the way (20-320) or at the server (400@server), a list',
    peers: 'plain, job-per-id, script, limiter, limiter-with-margin, a list; none when empty',
  },
  'few-calls': {
    requests: 'of one id each',
    replicas: 'workers',
    latency: 'ms on the way (20-320) or at the server (400@server)',
  },
  tracking: { batches: 'in flight', longest: 'seconds that a job takes, from 1', replicas: 'workers' },
  growth: {
    consumers: 'only this number of them',
    windows: 'that a backlog lasts, beyond the first',
    seconds: 'of each number of pending items',
    replicas: 'workers',
    latency: 'ms on the way (5-20) or at the server (5-20@server)',
  },
  idle: { seconds: 'that a worker is watched' },
  'taking-in': { large: 'ids of the large request', peer: 'ids of the peer, a BullMQ job each' },
  tombstones: { ids: 'deleted, a list', again: 'deleted a second time, at most' },
  'session-index': { ids: 'in the index, a list', lookups: 'of each size', batches: 'sent of each size, at most' },
  verification: {
    seconds: 'that both spend their quota',
    replicas: 'workers',
    ids: 'of each request that is taken in',
    turns: 'of both in turn',
    batches: 'settled of each',
    latency: 'ms on the way (20-320) or at the server (400@server)',
  },
  'requests-a-second': { seconds: 'of each round', rounds: 'of both in turn', connections: 'that post at once' },
  latency: { samples: 'lone requests of each series', backlog: 'pending items beside them', replicas: 'workers' },
  million: { items: 'of the request', replicas: 'workers', minutes: 'until it is given up' },
};
