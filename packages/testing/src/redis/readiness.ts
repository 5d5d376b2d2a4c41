import { connect } from 'node:net';

/**
 * Asks the server on a port for its process id and a PONG over a connection of its own.
 * Resolves to true only when it is the expected process and has loaded its data.
 */
export async function isReady(port: number, pid: number, password?: string): Promise<boolean> {
  const auth = password === undefined ? '' : `AUTH ${password}\r\n`;
  const answer = await ask(port, `${auth}INFO server\r\nPING\r\n`);
  // Somebody else's Redis may have taken the port in the meantime: it answers PONG just as well.
  return answer.includes(`\r\nprocess_id:${pid}\r\n`) && answer.includes('+PONG');
}

async function ask(port: number, commands: string): Promise<string> {
  return await new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (/^\+PONG\r\n|\r\n\+PONG\r\n|^-|\r\n-/.test(answer)) socket.destroy();
    });
    socket.write(commands);
  });
}
