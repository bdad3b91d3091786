import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * `node test/bench/profile.mjs folder`: what keeps each service's JavaScript thread busy, from the profiles that
 * `npm run bench -- --profile folder` leaves. The time inside Node itself counts for whoever called it: a package, or a file of ours.
 */
const folder = process.argv[2] ?? '.';
for (const name of readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const partOf = partsOf(nodes);
  const spent = new Map();
  samples.forEach((id, at) => spent.set(partOf(id), (spent.get(partOf(id)) ?? 0) + timeDeltas[at]));
  spent.delete('(idle)');
  const busy = [...spent.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${spent.has('bare.mjs') ? 'bare' : 'ours'}: ${(busy / 1e6).toFixed(1)} s busy`);
  for (const [part, time] of [...spent].sort(([, a], [, b]) => b - a).slice(0, 20)) {
    console.log(`${((time / busy) * 100).toFixed(1).padStart(5)} %  ${part}`);
  }
}

/** Which part each node of the tree of calls counts for. */
function partsOf(nodes) {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  return (id) => {
    const { functionName } = nodeOf.get(id).callFrame;
    if (functionName.startsWith('(')) return functionName;
    for (let at = id; at !== undefined; at = parentOf.get(at)) {
      const part = callerIn(nodeOf.get(at).callFrame.url);
      if (part) return part;
    }
    return 'Node itself (sockets, streams, HTTP)';
  };
}

function callerIn(url) {
  if (url === '' || url.startsWith('node:')) return null;
  const [, packageName] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return (
    packageName ??
    url
      .split('/dist/')
      .at(-1)
      .split('/')
      .slice(-2)
      .join('/')
      .replace(/^bench\//, '')
  );
}
