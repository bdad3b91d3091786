import { Injectable } from '@nestjs/common';
import { Database, statement } from '../database.js';
import type { ChannelKind, NoticeEvent } from './channel.js';

/** That somebody was told of something about one manual cancellation, or will be. */
export interface ToldOf {
  readonly event: NoticeEvent;
  /** When it happened. */
  readonly at: Date;
  readonly kind: ChannelKind;
  /** Of a person or a Slack channel, else the address. */
  readonly name: string | null;
  /** `waiting`: a digest that is not due, or a message that is on its way. */
  readonly state: 'delivered' | 'waiting' | 'failing' | 'overtaken' | 'dropped';
  /** When it arrived or ended; of what waits, when it goes out next. */
  readonly until: Date;
  readonly lastFault: string | null;
}

const selectTold = statement(
  'select-told-of-manual-cancellation',
  `select n.event, n.created_at as at, r.kind, coalesce(p.name, r.name, r.address) as name,
          coalesce(s.outcome, case when s.faults > 0 then 'failing' else 'waiting' end) as state,
          coalesce(s.ended_at, s.next_try_at) as until, s.last_fault
   from notices n
   join notice_deliveries d using (merchant_id, notice_id)
   join notice_messages s using (merchant_id, message_id)
   join notice_recipients r on r.merchant_id = s.merchant_id and r.recipient_id = s.recipient_id
   left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id
   where n.merchant_id = $1 and n.manual_cancellation_id = $2
   order by n.created_at, n.notice_id, until, r.recipient_id`,
);

/** Who was told what, for the history of a manual cancellation. */
@Injectable()
export class NoticeHistory {
  constructor(private readonly database: Database) {}

  async of(merchantId: string, manualCancellationId: string): Promise<ToldOf[]> {
    const rows = await this.database.run<Omit<ToldOf, 'lastFault'> & { readonly last_fault: string | null }>(
      selectTold,
      [merchantId, manualCancellationId],
    );
    return rows.map(({ last_fault, ...row }) => ({ ...row, lastFault: last_fault }));
  }
}
