import { once, EventEmitter } from 'node:events';
import { Repeater } from './repeater.js';

const HOUR = 3_600_000;

describe('a repeater', () => {
  let repeater: Repeater;

  beforeEach(() => {
    repeater = new Repeater(() => undefined);
  });

  afterEach(() => repeater.stop());

  it('works for the first time at once where it is told so, and not only after the pause', async () => {
    const looks = new EventEmitter();
    const looked = once(looks, 'look');
    repeater.atOnceAndEvery(HOUR, async () => void looks.emit('look'));
    await looked;
  });

  it('works again after a fault', async () => {
    const looks = new EventEmitter();
    let count = 0;
    const lookedThrice = once(looks, 'third');
    repeater.every(1, async () => {
      count += 1;
      if (count === 3) looks.emit('third');
      throw new Error('away');
    });
    await lookedThrice;
  });

  it('begins nothing once it is stopped', async () => {
    let count = 0;
    repeater.stop();
    repeater.atOnceAndEvery(1, async () => void (count += 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(count).toBe(0);
  });
});
