import { Refused } from '../http/refused.ts';
import { type Html, html } from '../pages/html.ts';

/** Asks for one of the consumers that workers have announced. */
export function consumerField(consumers: readonly string[], chosen: string | undefined): Html {
  return html`<label for="consumer">Consumer</label>
<select id="consumer" name="consumer" required>${consumers.map(
    (name) => html`<option${name === chosen ? html` selected` : undefined}>${name}</option>`,
  )}</select>`;
}

/** Refuses a consumer that no worker has announced, and every form while none has announced any. */
export function checkAnnounced(consumer: string | undefined, consumers: readonly string[]): void {
  if (consumer !== undefined && !consumers.includes(consumer)) {
    throw new Refused(404, 'No worker has announced this consumer.');
  }
  if (consumers.length === 0) throw new Refused(409, 'No worker has announced a consumer yet. Start a worker first.');
}
