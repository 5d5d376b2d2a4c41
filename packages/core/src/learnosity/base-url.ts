const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL without trailing slashes, or why it cannot be one. Plain http would send signed requests, and sessions'
 * answers, in the clear: it is for loopback only.
 */
export function readBaseUrl(text: string): { url: string } | { fault: string } {
  if (!URL.canParse(text)) return { fault: 'must be a URL' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { fault: 'must start with https://' };
  if (url.protocol === 'http:' && !loopback.test(url.hostname)) {
    return { fault: 'must start with https:// (plain http is for loopback only)' };
  }
  if (url.username !== '' || url.password !== '') return { fault: 'must hold no credentials' };
  if (url.search !== '' || url.hash !== '') return { fault: 'must hold no query or fragment' };
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}
