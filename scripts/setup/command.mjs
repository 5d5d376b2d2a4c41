import { spawn } from 'node:child_process';
import { Failure } from '../failure.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 */

/**
 * @typedef {object} CommandResult
 * @property {number} code 127 when the program is not there
 * @property {string} stdout
 * @property {string} output both streams in the order they came
 */

/**
 * Runs a program to its end and keeps what it says.
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export async function run(program, parameters, options = {}) {
  return await new Promise((resolve) => {
    const child = spawn(program, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', (error) => resolve({ code: 127, stdout, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output }));
  });
}

/**
 * Runs a program that must succeed; throws a Failure with the end of what it said.
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {CommandOptions} [options]
 */
export async function mustRun(program, parameters, options = {}) {
  const result = await run(program, parameters, options);
  if (result.code !== 0) {
    const end = result.output.trimEnd().split('\n').slice(-40).join('\n');
    throw new Failure(`${end}\n\n'${[program, ...parameters].join(' ')}' ended with exit code ${result.code}.`);
  }
  return result;
}

/**
 * Runs a program on this terminal. Resolves to its exit code.
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {CommandOptions} [options]
 * @returns {Promise<number>}
 */
export async function runVisibly(program, parameters, options = {}) {
  return await new Promise((resolve) => {
    const child = spawn(program, parameters, { ...options, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
