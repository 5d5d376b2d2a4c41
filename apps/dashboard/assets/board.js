// Two things that Bull Board does not do: names for what is shown by a picture alone, and a reason for every change.

// Gives names to what Bull Board shows by a picture alone: whoever does not see it would only hear 'button'.
const nameless = 'button:not([aria-label], [title])';
const bars = '[role="progressbar"]:not([aria-label])';
const pictures = 'button svg[role="img"]:not([aria-hidden])';

/** By the icon of Lucide that a button shows. */
const names = {
  'ellipsis-vertical': 'More',
  maximize: 'Full screen',
  minimize: 'Leave full screen',
  settings: 'Settings',
  copy: 'Copy',
  'refresh-cw': 'Retry',
  'panel-left': 'Menu',
  x: 'Close',
};

function nameOf(button) {
  const icon = /\blucide-([a-z0-9-]+)/.exec(button.querySelector('svg')?.getAttribute('class') ?? '')?.[1];
  // The only picture that is not of Lucide is Redis's own.
  return icon === undefined ? 'Redis' : (names[icon] ?? icon.replaceAll('-', ' '));
}

/** What a button says beside its picture, which may have a title of its own. */
function wordsOf(button) {
  const beside = [...button.childNodes].filter(({ nodeName }) => nodeName.toLowerCase() !== 'svg');
  return beside
    .map(({ textContent }) => textContent)
    .join('')
    .trim();
}

function nameAll() {
  for (const button of document.querySelectorAll(nameless)) {
    if (wordsOf(button) === '') button.setAttribute('aria-label', nameOf(button));
  }
  for (const bar of document.querySelectorAll(bars)) bar.setAttribute('aria-label', 'Items that have ended');
  for (const picture of document.querySelectorAll(pictures)) picture.setAttribute('aria-hidden', 'true');
}

/** Once for everything that is drawn together. */
let planned = false;
function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    nameAll();
  });
}

new MutationObserver(plan).observe(document.body, { childList: true, subtree: true });
nameAll();

/** Asks why, until there is a reason or somebody thinks better of it: then the server says that nothing was done. */
function askWhy() {
  let typed = '';
  do {
    typed = window.prompt(
      'Why? (3 characters or more; it stands in the audit log. No session ids, please.)',
      typed ?? '',
    );
  } while (typed !== null && typed.trim().length < 3);
  return typed ?? '';
}

const methods = new WeakMap();

/** Puts something of ours before a method of every call that Bull Board makes. */
function before(name, ours) {
  const theirs = XMLHttpRequest.prototype[name];
  XMLHttpRequest.prototype[name] = function withOurs(...given) {
    ours(this, ...given);
    return theirs.apply(this, given);
  };
}

before('open', (call, method) => methods.set(call, method.toUpperCase()));
before('send', (call) => {
  if (methods.get(call) !== 'GET') call.setRequestHeader('X-Reason', encodeURIComponent(askWhy()));
});
