import { createHmac } from 'node:crypto';

/** What is signed: a call's request with the credentials it is made under. */
export interface SignInput {
  key: string;
  secret: string;
  domain: string;
  /** `get`, `set`, `update` or `delete`. */
  action: string;
  request: Readonly<Record<string, unknown>>;
  /** The time to sign for. Learnosity refuses a timestamp that is out of range (41004): sign every attempt afresh. */
  at: Date;
}

/** The three fields of the form. `request` is the exact text that was signed. */
export interface SignedForm {
  security: string;
  request: string;
  action: string;
}

/** Makes signed forms; named for the start-up log. */
export interface Signer {
  readonly name: string;
  readonly version: string;
  sign(input: SignInput): SignedForm;
}

const signaturePrefix = '$02$';

/**
 * Signs as Learnosity's security page says: HMAC-SHA256 over the fields joined by `_`, keyed by the secret. Its version is
 * that of the SDK whose forms it equals, byte for byte (the conformance test), since servers may go by that number.
 */
export const builtInSigner: Signer = {
  name: 'built-in',
  version: '0.7.2',
  sign({ key, secret, domain, action, request, at }) {
    const timestamp = securityTimestamp(at);
    const text = JSON.stringify(request);
    const signature = createHmac('sha256', secret)
      .update([key, domain, timestamp, text, action].join('_'))
      .digest('hex');
    const security = { consumer_key: key, domain, timestamp, signature: `${signaturePrefix}${signature}` };
    return { security: JSON.stringify(security), request: text, action };
  },
};

/** UTC as `YYYYMMDD-HHmm`. */
export function securityTimestamp(at: Date): string {
  const [day = '', time = ''] = at.toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
}
