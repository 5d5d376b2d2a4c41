import { html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';

export interface SignInForm {
  /** Where to go afterwards. */
  next: string;
  name?: string | undefined;
  /** Why the last attempt failed. */
  problem?: string | undefined;
}

export function signInPage(form: SignInForm): string {
  const { name, problem } = form;
  return layout({
    title: 'Sign in',
    main: html`<form class="card sign-in" method="post" action="/sign-in">
<h1>Sign in</h1>
${problem === undefined ? undefined : html`<p class="problem" role="alert">${problem}</p>`}
<input type="hidden" name="next" value="${form.next}">
<label>Name
<input name="name" value="${name ?? ''}" autocomplete="username" autocapitalize="none" spellcheck="false" required${name === undefined ? html` autofocus` : undefined}>
</label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required${name === undefined ? undefined : html` autofocus`}>
</label>
<button class="primary">Sign in</button>
</form>`,
  });
}
