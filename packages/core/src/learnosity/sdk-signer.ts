import { createRequire } from 'node:module';
import { z } from 'zod';
import { type Signer, securityTimestamp } from './signer.ts';

/** Loads the official SDK and its package file; throws where it is not installed. */
export type LoadSdk = () => { sdk: unknown; packageFile: unknown };

/** The official SDK's name in the registry. */
export const sdkPackage = 'learnosity-sdk-nodejs';
const packageFileSchema = z.object({ version: z.string() });
const formSchema = z.object({ security: z.string(), request: z.string(), action: z.string() });

type Init = (service: string, security: object, secret: string, request: object, action: string) => unknown;
interface Sdk {
  new (): { init: Init };
  disableTelemetry(): void;
}

const sdkSchema = z.custom<Sdk>(
  (value) =>
    typeof value === 'function' &&
    'disableTelemetry' in value &&
    typeof value.disableTelemetry === 'function' &&
    typeof value.prototype?.init === 'function',
  'is not the SDK',
);

/**
 * The SDK as the module at this URL finds it: whoever signs has it installed, and not those who only ask. It is CommonJS and
 * optional, so it is required by name, and not imported.
 */
export function requireSdk(from: string | URL): LoadSdk {
  const require = createRequire(from);
  return () => ({ sdk: require(sdkPackage), packageFile: require(`${sdkPackage}/package.json`) });
}

/** A signer that leaves the signing to the official SDK. Throws where that is absent or has another shape. */
export function createSdkSigner(load: LoadSdk): Signer {
  const { sdk, packageFile } = load();
  const Learnosity = sdkSchema.parse(sdk);
  const { version } = packageFileSchema.parse(packageFile);
  // Telemetry would add `meta.sdk` to every request: bytes that no batch has accounted for.
  Learnosity.disableTelemetry();
  const learnosity = new Learnosity();
  return {
    name: sdkPackage,
    version,
    sign({ key, secret, domain, action, request, at }) {
      const security = { consumer_key: key, domain, timestamp: securityTimestamp(at) };
      // `init` writes into what it is given: it gets copies.
      return formSchema.parse(learnosity.init('data', security, secret, { ...request }, action));
    },
  };
}
