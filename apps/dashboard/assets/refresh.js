// Keeps what is in [data-live] up to date without losing the reader's place. Without scripts the page reloads itself.
const everyMs = 3_000;
const live = document.querySelector('[data-live]');

/** The links and buttons of the live part, to give the focus back to the one that had it. */
const focusable = () => [...live.querySelectorAll('a, button')];

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual' });
    // Signed out meanwhile, or a fault has passed that this page was about: another page is shown.
    const over = response.ok && document.body.hasAttribute('data-fault');
    if (response.type === 'opaqueredirect' || over) return location.reload();
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    show(page.querySelector('[data-live]'));
    document.documentElement.removeAttribute('data-stale');
  } catch {
    document.documentElement.setAttribute('data-stale', '');
  }
}

function show(fresh) {
  if (fresh === null || fresh.innerHTML === live.innerHTML) return;
  const focused = focusable().indexOf(document.activeElement);
  live.className = fresh.className;
  live.replaceChildren(...fresh.childNodes);
  if (focused >= 0) focusable()[focused]?.focus({ preventScroll: true });
}

if (live !== null) setInterval(() => void refresh(), everyMs);
