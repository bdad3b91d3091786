import cluster from 'node:cluster';
import { join } from 'node:path';
import { ConfigError, processEnvironment, readConfig } from './config.js';
import { SmtpSender } from './notifications/mail.js';
import { runService, StartError } from './run.js';

/** Production: `node bundle/main.js`. */
async function main(): Promise<void> {
  try {
    const config = readConfig(processEnvironment());
    if (cluster.isPrimary && config.webConcurrency > 1) {
      runWorkers(config.webConcurrency);
    } else {
      const mail = config.mail.smtp && new SmtpSender(config.mail.smtp);
      const service = await runService({
        config,
        projectFolder: join(import.meta.dirname, '..'),
        mail,
        migrate: false,
      });
      for (const signal of ['SIGTERM', 'SIGINT'] as const)
        process.once(signal, () => void service.stop().then(() => process.exit(0)));
    }
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** One process per worker on one port; a worker that dies is replaced, one that cannot start ends all. */
function runWorkers(count: number): void {
  let stopping = false;
  const started = new Set<number>();
  for (let at = 0; at < count; at += 1) cluster.fork();
  cluster.on('listening', (worker) => started.add(worker.id));
  cluster.on('exit', (worker) => {
    if (stopping) return;
    if (started.delete(worker.id)) {
      cluster.fork();
      return;
    }
    stopping = true;
    for (const other of Object.values(cluster.workers ?? {})) other?.kill('SIGTERM');
    process.exitCode = 1;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGTERM');
    });
  }
}

void main();
