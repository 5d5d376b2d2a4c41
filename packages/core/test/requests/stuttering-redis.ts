import { Command, Redis } from 'ioredis';

/**
 * A connection that sends every command twice and gives the second reply: what happens when each first reply is lost and the
 * client resends (invariant 11).
 */
export class StutteringRedis extends Redis {
  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (this.status === 'ready') {
      const first = new Command(command.name, command.args);
      super.sendCommand(first, stream);
      first.promise.catch(() => undefined);
    }
    return super.sendCommand(command, stream);
  }
}
