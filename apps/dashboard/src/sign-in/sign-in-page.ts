import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';

export interface SignInForm {
  /** Where to go afterwards. */
  next: string;
  name?: string | undefined;
  /** Why the last attempt failed. */
  problem?: string | undefined;
}

export interface SignInWays {
  hasPasswords: boolean;
  /** The issuer's name, where there is one. */
  issuer: string | undefined;
}

export function signInPage(form: SignInForm, { hasPasswords, issuer }: SignInWays): string {
  return layout({
    title: 'Sign in',
    main: html`<div class="card sign-in">
<h1>Sign in</h1>
${form.problem === undefined ? undefined : html`<p class="problem" role="alert">${form.problem}</p>`}
${issuer === undefined ? undefined : html`<a class="button primary" href="/sign-in/issuer?next=${encodeURIComponent(form.next)}">Sign in at ${issuer}</a>`}
${issuer !== undefined && hasPasswords ? html`<p class="or">or with a password</p>` : undefined}
${hasPasswords ? passwordForm(form) : undefined}
</div>`,
  });
}

function passwordForm({ next, name }: SignInForm): Html {
  return html`<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label>Name
<input name="name" value="${name ?? ''}" autocomplete="username" autocapitalize="none" spellcheck="false" required${name === undefined ? html` autofocus` : undefined}>
</label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required${name === undefined ? undefined : html` autofocus`}>
</label>
<button class="primary">Sign in</button>
</form>`;
}

/** After signing out of a session that the issuer has given: it may still know who this is. */
export function signedOutPage(issuer: string, endAddress: string | undefined): string {
  return layout({
    title: 'Signed out',
    main: html`<div class="card sign-in">
<h1>Signed out</h1>
<p>You are signed out of the dashboard, and perhaps not of ${issuer}: whoever uses this browser next could sign in as you.</p>
${endAddress === undefined ? html`<p>Sign out there as well, or close the browser.</p>` : html`<a class="button primary" href="${endAddress}">Sign out of ${issuer}</a>`}
<p><a href="/sign-in">Sign in again</a></p>
</div>`,
  });
}
