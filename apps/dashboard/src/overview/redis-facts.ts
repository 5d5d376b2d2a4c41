import { memoryShortRatio } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { bytes, percent } from '../pages/wording.ts';
import type { Overview } from './overview.ts';

/** How Redis is: what is wrong with it stands among the problems. */
export function redisFacts({ redis }: Overview): Html {
  const { problems, unchecked, version, appendOnly, policy, memory } = redis;
  return html`<dl class="facts">
<div><dt>Health</dt><dd>${problems.length === 0 ? html`<span class="pill good">healthy</span>` : html`<span class="pill bad">see above</span>`}</dd></div>
${version === undefined ? undefined : html`<div><dt>Version</dt><dd>${version}</dd></div>`}
${memory === undefined ? undefined : html`<div><dt>Memory</dt><dd>${fill(memory)}</dd></div>`}
${appendOnly === undefined ? undefined : html`<div><dt>Kept over a restart (appendonly)</dt><dd>${appendOnly ? 'yes' : 'no'}</dd></div>`}
${policy === undefined ? undefined : html`<div><dt>When memory is full (maxmemory-policy)</dt><dd>${policy}</dd></div>`}
${unchecked.length === 0 ? undefined : html`<div><dt>Not allowed to ask</dt><dd>${unchecked.join('; ')}</dd></div>`}
</dl>`;
}

function fill({ usedBytes, maxBytes }: { usedBytes: number; maxBytes: number }): string {
  if (maxBytes === 0) return `${bytes(usedBytes)} used, no limit set`;
  const short = percent(memoryShortRatio, 1);
  return `${bytes(usedBytes)} of ${bytes(maxBytes)} used, ${percent(usedBytes, maxBytes)}; over ${short} nothing new is accepted`;
}
