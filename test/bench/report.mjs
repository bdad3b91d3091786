import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { run } from './payments.mjs';

/** The result in Markdown: the machine, the table, and what dominates. */
export async function report({ stage, plan, rounds }) {
  return [await machine(stage), table(plan, rounds), dominates(plan, rounds)].join('\n\n');
}

async function machine(stage) {
  const settings = ['server_version', 'fsync', 'synchronous_commit'];
  const results = await run(
    stage.postgres.url,
    settings.map((name) => `show ${name}`),
  );
  const [version, fsync, commit] = results.map(({ rows }, at) => rows[0][settings[at]]);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return (
    `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}; ` +
    `Node ${process.version}; Postgres ${version} (fsync ${fsync}, synchronous_commit ${commit}) and all processes on this machine`
  );
}

const workWords = { new: 'new', replay: 'replay' };

function table(plan, rounds) {
  const head = ['work', 'connections', 'rounds', 'req/s ours', 'bare', 'ratio (range)'];
  const cpuHead = ['CPU ms/req ours', 'bare', 'ratio (range)', 'Postgres CPU ms/req ours', 'bare'];
  const lines = plan.levels.flatMap((connections) =>
    ['new', 'replay'].map((work) => line(rounds.filter((r) => r.connections === connections && r.work === work))),
  );
  const columns = [...head, ...cpuHead];
  return [row(columns), row(columns.map((_, at) => (at === 0 ? '---' : '--:'))), ...lines.map(row)].join('\n');
}

const row = (cells) => `| ${cells.join(' | ')} |`;

function line(pairs) {
  const both = (read) => [median(pairs.map(({ ours }) => read(ours))), median(pairs.map(({ bare }) => read(bare)))];
  // Both halves of a pair ran right after each other, so their ratio is the least disturbed figure.
  const ratio = (read) => rangeOf(pairs.map(({ ours, bare }) => dividedBy(read(ours), read(bare))));
  const perSecond = ({ perSecond }) => perSecond;
  const [{ work, connections }] = pairs;
  return [
    workWords[work],
    connections,
    pairs.length,
    ...both(perSecond).map((value) => fixed(value, 0)),
    ratio(perSecond),
    ...both(perRequest('service')).map((value) => fixed(value, 2)),
    ratio(perRequest('service')),
    ...both(perRequest('postgres')).map((value) => fixed(value, 2)),
  ];
}

/** Who used how much of the processors' time, in words. */
function dominates(plan, rounds) {
  const [connections] = plan.levels;
  const sentences = ['new', 'replay'].map((work) => {
    const pairs = rounds.filter((pair) => pair.connections === connections && pair.work === work);
    const words = (service) => sharesOf(pairs.map((pair) => pair[service]));
    const subject = work === 'new' ? 'A new cancellation' : 'A replay';
    return `${subject} takes ours ${words('ours')}; bare ${words('bare')}.`;
  });
  return `What dominates, at ${connections} connections, in ms of processor time per request. ${sentences.join(' ')}`;
}

const parts = { service: 'its own process', postgres: 'Postgres', issuer: 'the issuer', load: 'the load' };

function sharesOf(measurements) {
  const shares = Object.entries(parts)
    .map(([name, words]) => ({ words, ms: median(measurements.map(perRequest(name))) }))
    .sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0))
    .map(({ words, ms }) => `${words} ${fixed(ms, 2)}`);
  const busy = median(measurements.map(({ cpuMs, elapsedMs }) => dividedBy(cpuMs.service, elapsedMs)));
  return `${shares.join(', ')} (its process used ${percent(busy)} of one core; other programs ${percent(othersOf(measurements))} of the machine)`;
}

/** Other programs make every figure but the ratios worthless. */
function othersOf(measurements) {
  const shares = measurements.map(({ cpuMs, elapsedMs }) => {
    const own = Object.keys(parts).map((name) => cpuMs[name]);
    if (own.includes(null)) return null;
    return Math.max(cpuMs.machine - own.reduce((a, b) => a + b, 0), 0) / (elapsedMs * availableParallelism());
  });
  return median(shares);
}

const perRequest =
  (name) =>
  ({ cpuMs, sent }) =>
    cpuMs[name] === null ? null : cpuMs[name] / sent;

const dividedBy = (a, b) => (a === null || b === null ? null : a / b);

/** Null where a figure could not be measured on this system. */
function median(values) {
  if (values.length === 0 || values.includes(null)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rangeOf(values) {
  if (median(values) === null) return '–';
  return `**${fixed(median(values), 2)}** (${fixed(Math.min(...values), 2)}–${fixed(Math.max(...values), 2)})`;
}

const fixed = (value, digits) => (value === null ? '–' : value.toFixed(digits));
const percent = (value) => (value === null ? '–' : `${Math.round(value * 100)} %`);
