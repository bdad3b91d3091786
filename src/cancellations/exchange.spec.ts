import type { IssuerAccount } from '../issuers/issuer-accounts.js';
import type { Connector } from '../issuers/issuer.js';
import { vault } from '../issuers/vault/vault.js';
import { Log } from '../operations/log.js';
import { exchange } from './exchange.js';

const lines: string[] = [];
const log = new Log('info', { write: (line) => lines.push(line) });
const key = { merchantId: 'default', paymentId: 'B2F246B3CE46469FBDD23039868E95D0' };

const broken: Connector = {
  cancel: () => Promise.reject(new Error('a bug')),
  query: null,
  probe: () => Promise.reject(new Error('a bug')),
  callback: 'none',
  pendingQuietMs: 0,
};
const account = { issuer: vault, connector: broken } as unknown as IssuerAccount;

describe('an exchange with a connector that has a fault', () => {
  it.each(['cancel', 'query'] as const)('is unknown, with an alert and one log line, for a %s', async (kind) => {
    lines.length = 0;

    const finding = await exchange(account, { key, kind, reference: {}, attempts: [] }, log);

    expect(finding).toMatchObject({
      outcome: 'unknown',
      evidence: { httpStatus: null, issuerCode: 'connector-fault' },
    });
    expect(finding.alert).toContain('Vault');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(key.paymentId);
  });
});
