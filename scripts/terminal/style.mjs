/** Whether ANSI codes are welcome on a stream. https://no-color.org */
function isStyled(stream = process.stdout, environment = process.env) {
  return stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
}

/** @param {number} code */
function style(code) {
  return (/** @type {string} */ text) => (isStyled() ? `\u001b[${code}m${text}\u001b[0m` : text);
}

export const bold = style(1);
export const dim = style(2);
export const red = style(31);
export const green = style(32);
export const yellow = style(33);
