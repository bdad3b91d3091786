import { parseArgs } from 'node:util';
import { measure, paymentsNeeded } from './measure.mjs';
import { report } from './report.mjs';
import { Stage } from './stage.mjs';

/*
 * `npm run bench`: our complete service against a bare handler (bare.mjs) with the same durable statements and the same issuer call.
 *
 *   npm run bench                       about 3 minutes
 *   npm run bench -- --short            about 40 seconds
 *   npm run bench -- --profile folder   also leaves a CPU profile of each service there; see profile.mjs
 */

/** Requests of each measurement, and how long one and all of them may take. */
const full = { rounds: 6, warmUp: 1_500, fresh: 1_500, replays: 3_000, limitMs: 6_000, budgetMs: 150_000 };
const short = { rounds: 3, warmUp: 500, fresh: 500, replays: 1_000, limitMs: 2_500, budgetMs: 25_000 };
const levels = [32, 128];

const { values: options } = parseArgs({
  options: { short: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const plan = { ...(options.short ? short : full), levels };
const stage = new Stage();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void stage.end().then(() => process.exit(130)));
}

try {
  await stage.start({ paymentCount: paymentsNeeded(plan), profileFolder: options.profile ?? null });
  const rounds = await measure(stage, plan, (words) => process.stderr.write(words));
  console.log(await report({ stage, plan, rounds }));
} catch (error) {
  if (!stage.isEnding) console.error(error);
  process.exitCode = stage.isEnding ? 130 : 1;
} finally {
  await stage.end();
}
process.exit();
