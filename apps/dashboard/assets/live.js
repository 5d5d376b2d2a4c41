// Keeps the elements marked [data-part] up to date by server-sent events, without losing the reader's place. Where no stream can be
// had the page is asked for again now and then; without scripts it reloads itself.
const againMs = 5_000;
const main = document.querySelector('main');
const staleLine = document.getElementById('stale');
const events = main?.dataset.events;
let source;
let timer;

/** What the focus can be given back to within a part. */
const focusable = (element) => [...element.querySelectorAll('a, button, summary, [tabindex]')];

/** Somebody is filling in a form here: it is left alone until they are done. */
function isBusy(element) {
  const active = document.activeElement;
  const isTyping = active?.matches('input:not([type=hidden]), textarea, select') && element.contains(active);
  return isTyping || element.querySelector('dialog[open], details[data-form][open]') !== null;
}

function show(id, html) {
  const element = document.getElementById(id);
  if (element === null || element.innerHTML === html || isBusy(element)) return;
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  const focused = focusable(element).indexOf(document.activeElement);
  const open = new Set([...element.querySelectorAll('details[open]')].map((details) => details.id));
  const scrolled = [...element.querySelectorAll('.scroll')].map((region) => region.scrollLeft);
  element.replaceChildren(fresh.content);
  for (const details of element.querySelectorAll('details')) details.open = open.has(details.id);
  for (const [index, region] of element.querySelectorAll('.scroll').entries()) region.scrollLeft = scrolled[index] ?? 0;
  if (focused >= 0) focusable(element)[focused]?.focus({ preventScroll: true });
}

/** Says that what the page shows is not of this moment; nothing to say when it is. */
function stale(message = '') {
  if (staleLine === null || staleLine.textContent === message) return;
  staleLine.textContent = message;
  staleLine.hidden = message === '';
  document.documentElement.toggleAttribute('data-stale', message !== '');
}

function connect() {
  if (document.hidden || events === undefined) return;
  source = new EventSource(events);
  source.addEventListener('parts', ({ data }) => {
    for (const [id, html] of Object.entries(JSON.parse(data))) show(id, html);
    stale();
  });
  source.addEventListener('fault', ({ data }) => stale(JSON.parse(data).message));
  source.addEventListener('over', () => source.close());
  source.addEventListener('error', () => {
    stale('Not up to date: the dashboard does not answer. This page goes on by itself.');
    // Refused, so that the browser does not try again by itself: signed out, Redis away, or too many streams.
    if (source.readyState === EventSource.CLOSED) void again();
  });
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
}

/** Asks for the whole page: it tells why there is no stream, and what there is to show without one. */
async function again() {
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual' });
    // Signed out meanwhile, or the fault has passed that this page was about: another page is to be shown.
    const isOver = response.ok && document.body.hasAttribute('data-fault');
    if (response.type === 'opaqueredirect' || isOver) return location.reload();
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const part of page.querySelectorAll('[data-part]')) show(part.id, part.innerHTML);
    stale(response.ok ? '' : (page.querySelector('.notice p')?.textContent ?? 'Not up to date.'));
    // Nothing will change any more: the page does not ask to be kept up to date.
    if (page.querySelector('script[src="/assets/live.js"]') === null) return;
  } catch {
    stale('Not up to date: the dashboard does not answer. This page goes on by itself.');
  }
  timer = setTimeout(start, againMs);
}

document.addEventListener('visibilitychange', () => {
  disconnect();
  if (!document.hidden) start();
});

function start() {
  if (events !== undefined) connect();
  else timer = setTimeout(() => void again(), againMs);
}

start();
