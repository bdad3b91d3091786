import type { Database } from '../database.js';
import { IssuerModes, type AccountKey } from './issuer-modes.js';

const key: AccountKey = { merchantId: 'store', issuer: 'vault', sandbox: false };

describe('the modes that operators set', () => {
  it('are what the look found that began last, in whatever order the answers come', async () => {
    const answers: ((rows: object[]) => void)[] = [];
    // Only the order of two answers is played here, which no real database can be asked for.
    const database = { run: () => new Promise((resolve) => answers.push(resolve)) } as unknown as Database;
    const modes = new IssuerModes(database);
    const answer = async (at: number, rows: object[]) => {
      for (let turn = 0; turn < 10 && !answers[at]; turn += 1) await Promise.resolve();
      answers[at]?.(rows);
    };
    const paused = [{ merchant_id: 'store', issuer: 'vault', sandbox: false, mode: 'paused' }];

    const before = modes.refresh();
    const after = modes.refresh();
    await answer(1, paused);
    await answer(0, []);
    await answer(1, paused);
    await Promise.all([before, after]);

    expect(modes.of(key)).toBe('paused');
  });
});
