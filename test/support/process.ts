import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../src/config.js';
import { Caller } from './caller.js';
import { freePort } from './free-port.js';
import { testCredentials } from './service.js';

export interface ServiceProcess extends Caller {
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** Comes when the process is gone, for whatever reason. */
  readonly gone: Promise<unknown>;
  /** Sends a signal, and waits until the process is gone. Does nothing to one that is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starting takes about a second, and much more on a machine that does other things. */
const READY_MS = 60_000;

/** A free port may be taken by somebody else before the service has it. */
const PORT_TRIES = 3;

/**
 * The built service as production runs it, `node bundle/main.js`, with these settings and nothing of the shell's environment.
 * Ready when this returns.
 *
 * @param nodeArguments for node itself, before the service's own file: a module to load first, for example
 */
export async function startServiceProcess(
  environment: Environment,
  { nodeArguments = [] }: { readonly nodeArguments?: readonly string[] } = {},
): Promise<ServiceProcess> {
  for (let tries = 1; ; tries += 1) {
    const started = await start(environment, await freePort(), nodeArguments);
    if (!('fault' in started)) return started;
    const isPortTaken = /^Port \d+ is taken/m.test(started.fault);
    if (!isPortTaken || tries === PORT_TRIES) throw new Error(`The service did not start:\n${started.fault}`);
  }
}

async function start(
  environment: Environment,
  port: number,
  nodeArguments: readonly string[],
): Promise<ServiceProcess | { readonly fault: string }> {
  const child = spawn(process.execPath, [...nodeArguments, 'bundle/main.js'], {
    cwd: process.cwd(),
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'info',
      ...testCredentials,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = once(child, 'exit');
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const kill = async (signal: NodeJS.Signals) => {
    if (!isGone()) child.kill(signal);
    await exited;
  };
  const output = () => Buffer.concat(chunks).toString('utf8');
  const caller = new Caller(`http://127.0.0.1:${port}`);
  const giveUpAt = performance.now() + READY_MS;
  while (!(await isReady(caller.url))) {
    if (isGone()) return { fault: output() };
    if (performance.now() >= giveUpAt) {
      await kill('SIGKILL');
      return { fault: `It was not ready within ${READY_MS} ms.\n${output()}` };
    }
    await sleep(50);
  }
  // What answers there may be somebody else, to whom the port belongs.
  if (isGone()) return { fault: output() };
  return Object.assign(caller, { pid: child.pid ?? 0, output, gone: exited, kill });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
