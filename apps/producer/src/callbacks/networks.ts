import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** An address, and how many of its bits make the network. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** `WEBHOOK_ALLOWED_NETWORKS` as a setting: networks such as `10.1.0.0/16`, separated by commas; none when not set. */
export const networksSetting = z
  .string()
  .transform((text, context): Network[] => {
    const networks: Network[] = [];
    for (const [index, part] of text.split(',').entries()) {
      if (ipaddr.isValidCIDR(part.trim())) networks.push(ipaddr.parseCIDR(part.trim()));
      else context.addIssue({ code: 'custom', message: `entry ${index + 1} must be a network such as 10.1.0.0/16` });
    }
    return networks;
  })
  .default([]);
