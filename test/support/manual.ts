import type { IssuerCode } from '../../src/issuers/index.js';
import type { BehaviourName } from '../../src/issuers/simulator-server.js';
import type { TestDatabase } from './database.js';
import { newId, type TestService } from './service.js';
import type { TestSimulators } from './simulators.js';

/** A manual cancellation, by its ids. */
export interface Task {
  readonly paymentId: string;
  readonly requestId: string;
  readonly orderId: string;
  readonly taskId: string;
  /** Of its page. */
  readonly path: string;
}

export interface TaskToMake {
  readonly issuer?: IssuerCode;
  readonly behaviour?: BehaviourName;
  readonly sandbox?: boolean;
  readonly orderId?: string;
  readonly value?: number;
  readonly reference?: Readonly<Record<string, unknown>>;
}

/** Makes manual cancellations as they come about: VTEX cancels, and the issuer refuses. */
export class Tasks {
  constructor(
    private readonly service: TestService,
    private readonly database: TestDatabase,
    private readonly simulators: TestSimulators,
  ) {}

  async refused({ issuer = 'vault', behaviour = 'refuses', reference, ...link }: TaskToMake = {}): Promise<Task> {
    const [paymentId, requestId, orderId] = [newId(), newId(), link.orderId ?? `v${Date.now()}str-01`];
    const bought = reference ?? this.simulators.of[issuer].referenceFor(behaviour);
    const linked = await this.service.link(paymentId, { ...link, issuer, reference: bought, orderId });
    if (linked.status !== 201) throw new Error(`It was not linked: ${JSON.stringify(linked)}`);
    const { body } = await this.service.cancel(paymentId, { requestId });
    if (body.code !== 'cancel-manually') throw new Error(`It is no manual one: ${JSON.stringify(body)}`);
    return this.of(paymentId, { requestId, orderId });
  }

  /** Of a payment that VTEX's cancel was the first to name. */
  async neverSeen(): Promise<Task> {
    const [paymentId, requestId] = [newId(), newId()];
    await this.service.cancel(paymentId, { requestId });
    return this.of(paymentId, { requestId, orderId: '' });
  }

  async of(paymentId: string, ids: { requestId: string; orderId: string }, kind = 'whole'): Promise<Task> {
    const [row] = await this.database.query<{ id: string }>(
      'select manual_cancellation_id as id from manual_cancellations where payment_id = $1 and kind = $2',
      [paymentId, kind],
    );
    if (!row) throw new Error(`The payment ${paymentId} has no task of the kind ${kind}`);
    return { paymentId, ...ids, taskId: row.id, path: `/console/manual-cancellations/${row.id}` };
  }

  /** Makes it so much older, with when it is due and when it was closed. */
  async age({ taskId }: Task, ms: number): Promise<void> {
    await this.database.query(
      `update manual_cancellations set opened_at = opened_at - $2 * interval '1 millisecond', due_at = due_at - $2 * interval '1 millisecond',
         closed_at = closed_at - $2 * interval '1 millisecond', word_counts_at = word_counts_at - $2 * interval '1 millisecond'
       where manual_cancellation_id = $1`,
      [taskId, ms],
    );
  }
}
