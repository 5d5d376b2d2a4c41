import { spawn } from 'node:child_process';

const script = 'read -r line; kill -9 "$1" 2>/dev/null; if [ -n "$2" ]; then sleep 0.2; rm -rf "$2"; fi';

/**
 * Ends a process when this one is gone, however it went (`kill -9` too), and removes its temporary folder: a shell
 * waits for the end of its standard input, which the operating system closes with this process.
 * Call the returned function once the process has ended.
 */
export function startWatchdog(pid: number, folder = ''): () => void {
  const watchdog = spawn('/bin/sh', ['-c', script, 'watchdog', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own group: Ctrl-C in the terminal must not end it before its work is done.
    detached: true,
  });
  watchdog.unref();
  const { stdin } = watchdog;
  stdin.on('error', () => undefined);
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    watchdog.kill('SIGKILL');
    stdin.destroy();
  };
}
