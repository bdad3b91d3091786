import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/*
 * The processor time that processes have used, in milliseconds, read from outside so that no server is changed to be measured.
 */

const hasProc = existsSync('/proc/self/stat');

/** Linux counts in ticks, mostly of 10 ms. */
const tickMs = hasProc ? 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 0;

/** User and system time of one process with all its threads; null where this system does not tell. */
export function cpuOf(pid) {
  if (!hasProc) return cpuByPs(pid);
  const { utime, stime } = readStat(pid);
  return (utime + stime) * tickMs;
}

/** Of a process, its children, and its children that have ended: all of Postgres. Null without /proc. */
export function cpuOfTree(pid) {
  if (!hasProc) return null;
  const { utime, stime, cutime, cstime } = readStat(pid);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((child) => readStatOrNull(child))
    .filter((stat) => stat?.ppid === pid)
    .reduce((sum, stat) => sum + stat.utime + stat.stime, 0);
  return (utime + stime + cutime + cstime + children) * tickMs;
}

/** Of the whole machine, idle time left out. */
export const cpuOfMachine = () =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

/** See proc(5): the name in brackets may hold blanks, so fields are counted from behind it. */
function readStat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, ppid] = fields;
  const [utime, stime, cutime, cstime] = fields.slice(11, 15);
  return { ppid, utime, stime, cutime, cstime };
}

function readStatOrNull(pid) {
  try {
    return readStat(pid);
  } catch {
    return null; // It has ended meanwhile.
  }
}

/** `0:01.23` on macOS; Linux's `00:00:01` is too coarse, but Linux has /proc. */
function cpuByPs(pid) {
  try {
    const words = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return words.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
  } catch {
    return null;
  }
}
