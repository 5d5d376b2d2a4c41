import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ownVersion } from '../config/version.ts';

/** The metrics of one process: Node's own, what it is, and what the app adds. Each has a registry of its own, so tests have several. */
export function createRegistry(app: 'producer' | 'worker' | 'dashboard'): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'session_queue_build_info',
    help: 'Always 1; which version of Session Queue and of Node.js runs here',
    labelNames: ['app', 'version', 'node'],
    registers: [registry],
  }).set({ app, version: ownVersion, node: process.version }, 1);
  return registry;
}
