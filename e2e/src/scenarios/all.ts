import { answersLost } from './answers-lost.ts';
import { aofCut } from './aof-cut.ts';
import { bullBoard } from './bull-board.ts';
import { calm } from './calm.ts';
import { clientPause } from './client-pause.ts';
import { clocks } from './clocks.ts';
import { cluster } from './cluster.ts';
import { diskFull } from './disk-full.ts';
import { erasure } from './erasure.ts';
import { eventLoop } from './event-loop.ts';
import { failover } from './failover.ts';
import { foreignUser } from './foreign-user.ts';
import { halfOpen } from './half-open.ts';
import { halted } from './halted.ts';
import { hostileDashboard } from './hostile-dashboard.ts';
import { hostileFloods } from './hostile-floods.ts';
import { hostileHttp } from './hostile-http.ts';
import { hostileJobs } from './hostile-jobs.ts';
import { jobsAstray } from './jobs-astray.ts';
import { killAtPoints } from './kill-at-points.ts';
import { killAtRandom } from './kill-at-random.ts';
import { lostJobs } from './lost-jobs.ts';
import { memoryFull } from './memory-full.ts';
import { mixed } from './mixed.ts';
import { noWay } from './no-way.ts';
import { othersConsumer } from './others-consumer.ts';
import { outage } from './outage.ts';
import { readOnly } from './read-only.ts';
import { redisCut } from './redis-cut.ts';
import { redisKill } from './redis-kill.ts';
import { redisMinute } from './redis-minute.ts';
import { repliesLost } from './replies-lost.ts';
import { rollback } from './rollback.ts';
import type { Scenario } from './scenario.ts';
import { sendGap } from './send-gap.ts';
import { sigstop } from './sigstop.ts';
import { sigterm } from './sigterm.ts';
import { slotsLost } from './slots-lost.ts';
import { soak } from './soak.ts';
import { strangeAnswers } from './strange-answers.ts';
import { upgrade } from './upgrade.ts';
import { uploadsCut } from './uploads-cut.ts';

/** Every scenario, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  calm,
  killAtPoints,
  killAtRandom,
  sigstop,
  sigterm,
  redisKill,
  redisCut,
  halfOpen,
  answersLost,
  foreignUser,
  halted,
  bullBoard,
  clocks,
  cluster,
  outage,
  noWay,
  strangeAnswers,
  clientPause,
  readOnly,
  rollback,
  upgrade,
  slotsLost,
  sendGap,
  repliesLost,
  jobsAstray,
  lostJobs,
  erasure,
  memoryFull,
  diskFull,
  failover,
  eventLoop,
  aofCut,
  uploadsCut,
  redisMinute,
  mixed,
  hostileHttp,
  hostileJobs,
  hostileDashboard,
  othersConsumer,
  hostileFloods,
  soak,
];
