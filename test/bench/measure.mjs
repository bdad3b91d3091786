import { cpuOf, cpuOfMachine, cpuOfTree } from './cpu.mjs';
import { recorded, services } from './payments.mjs';
import { ask, headers } from './stage.mjs';

/** Before each measurement: opens the connections. */
const warmUpOf = (connections) => 2 * connections;

/** How many payments each service needs at most. */
export const paymentsNeeded = ({ rounds, warmUp, fresh, levels }) =>
  warmUp + levels.reduce((sum, connections) => sum + rounds * (fresh + warmUpOf(connections)), 0);

/**
 * Measures in rounds: ours, bare, ours, bare …, new cancellations and replays, at each number of connections.
 *
 * @throws when an answer is not what it must be, or the issuer's ledger or the database says something else than the answers: then no
 * figure is worth anything
 */
export async function measure(stage, plan, tell) {
  const startedAt = performance.now();
  const next = { ours: 1, bare: 1 };
  const rounds = [];
  for (const service of services) await warmUp(stage, service, next, plan);
  for (let round = 1; round <= plan.rounds; round += 1) {
    if (performance.now() - startedAt > plan.budgetMs) break;
    for (const connections of plan.levels) {
      for (const work of ['new', 'replay']) {
        const pair = {};
        for (const service of services)
          pair[service] = await measureOne(stage, { service, connections, work, next, plan });
        rounds.push({ round, connections, work, ...pair });
      }
    }
    tell(`round ${round} of ${plan.rounds}\n`);
  }
  for (const service of services) await checkDatabase(stage, service, next[service] - 1);
  return rounds;
}

/** Once for each service, before all rounds: the just-in-time compiler is slow at first. */
async function warmUp(stage, service, next, plan) {
  const common = { service, connections: 32, limitMs: 2 * plan.limitMs };
  const { sent } = await drive(stage, { ...common, from: next[service], count: plan.warmUp, replay: false });
  await drive(stage, { ...common, from: next[service], count: sent, replay: true });
  next[service] += sent;
  await ask(stage.issuer, 'ledger');
}

async function measureOne(stage, { service, connections, work, next, plan }) {
  const replay = work === 'replay';
  const common = { service, connections, replay, limitMs: plan.limitMs };
  const count = replay ? plan.replays : plan.fresh;
  // Replays repeat the newest cancellations; where there are fewer than asked for, fewer are sent.
  const from = (more) => (replay ? Math.max(next[service] - more, 1) : next[service]);
  const atMost = (more) => (replay ? Math.min(more, next[service] - 1) : more);

  const warm = await drive(stage, {
    ...common,
    from: from(warmUpOf(connections)),
    count: atMost(warmUpOf(connections)),
  });
  if (!replay) next[service] += warm.sent;
  const before = readCpu(stage, service);
  const main = await drive(stage, { ...common, from: from(count), count: atMost(count) });
  const after = readCpu(stage, service);
  if (!replay) next[service] += main.sent;

  await checkLedger(stage, service, replay ? 0 : warm.sent + main.sent);
  const spent = Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, ms === null ? null : ms - before[name]]),
  );
  return { sent: main.sent, elapsedMs: main.elapsedMs, perSecond: (main.sent / main.elapsedMs) * 1000, cpuMs: spent };
}

async function drive(stage, { service, ...what }) {
  const result = await ask(stage.load, { service, port: stage[service].port, headers, ...what });
  if (result.faultCount === 0) return result;
  throw new Error(
    `${result.faultCount} of ${result.sent} answers of ${service} are wrong:\n${result.faults.join('\n')}`,
  );
}

function readCpu(stage, service) {
  return {
    service: cpuOf(stage[service].pid),
    postgres: cpuOfTree(stage.postgres.pid),
    issuer: cpuOf(stage.issuer.pid),
    load: cpuOf(stage.load.pid),
    machine: cpuOfMachine(),
  };
}

/** Every new cancellation is one effect at the issuer, every replay none. */
async function checkLedger(stage, service, expected) {
  const { cards, calls } = await ask(stage.issuer, 'ledger');
  if (cards === expected && calls === expected) return;
  throw new Error(
    `${service} answered ${expected} new cancellations; the issuer was asked ${calls} times for ${cards} cards.`,
  );
}

/** What was answered is in the database, with its answer, and nothing else is. */
async function checkDatabase(stage, service, expected) {
  const { answered, open } = await recorded(stage.databaseUrl(service), service);
  if (answered === expected && open === 0) return;
  throw new Error(
    `${service} answered ${expected} cancellations; its database has ${answered} and ${open} without answer.`,
  );
}
