import { z } from 'zod';
import { createSdkSigner, type LoadSdk, sdkPackage } from './sdk-signer.ts';
import { builtInSigner, type Signer } from './signer.ts';

/** The signer in use, and why it is not the SDK's where it is not. */
export interface LoadedSigner {
  signer: Signer;
  sdk: 'in use' | 'not installed' | 'unusable';
  cause?: unknown;
}

/** Published by Learnosity with its demo consumer: any signer must come to this signature. */
const vector = {
  input: {
    key: 'yis0TYCu7U9V4o7M',
    secret: '74c5fd430cf1242a527f6223aebd42d30464be22',
    domain: 'localhost',
    action: 'get',
    request: { limit: 100 },
    at: new Date('2014-06-26T05:28:00Z'),
  },
  signature: '$02$e19c8a62fba81ef6baf2731e2ab0512feaf573ca5ca5929c2ee9a77303d2e197',
};

/** Node's error for the SDK itself; one for a package that the SDK needs names that one first. */
const sdkNotFound = z.object({
  code: z.literal('MODULE_NOT_FOUND'),
  message: z.string().regex(new RegExp(`^Cannot find module '${sdkPackage}'`)),
});

/** Takes the official SDK where it is installed and signs as published, else the built-in signer. */
export function loadSigner(load: LoadSdk): LoadedSigner {
  try {
    const signer = createSdkSigner(load);
    const { security } = signer.sign(vector.input);
    if (!security.includes(vector.signature)) throw new Error('the SDK signs otherwise than Learnosity publishes');
    return { signer, sdk: 'in use' };
  } catch (cause) {
    return { signer: builtInSigner, sdk: sdkNotFound.safeParse(cause).success ? 'not installed' : 'unusable', cause };
  }
}
