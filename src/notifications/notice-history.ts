import { Injectable } from '@nestjs/common';
import { Database, statement } from '../database.js';
import type { ChannelKind, NoticeEvent } from './channel.js';

/** Something about a manual cancellation that people and machines are told of. */
export interface NoticeTold {
  readonly noticeId: string;
  readonly event: NoticeEvent;
  /** When it happened. */
  readonly at: Date;
  /** When it first reached somebody, or nobody needed it any more; null: not yet. */
  readonly deliveredAt: Date | null;
  /** Empty until it is spread, and where nobody wants to hear of it. */
  readonly told: readonly Told[];
}

export interface Told {
  readonly kind: ChannelKind;
  /** Of a person or a Slack channel, else the address; of a webhook its host. Null: NOTIFY_EMAIL. */
  readonly name: string | null;
  /** `waiting`: in a digest that is not due, or on its way. `overtaken`: it was done before. `dropped`: no recipient any more. */
  readonly state: 'delivered' | 'waiting' | 'failing' | 'overtaken' | 'dropped';
  /** In a digest that goes then; null: it is none, or is due. In the form of ISO 8601. */
  readonly heldUntil: string | null;
}

const selectTold = statement(
  'select-notices-of-payment',
  `select n.notice_id, n.event, n.created_at, n.delivered_at, coalesce(told.list, '[]') as told
   from manual_cancellations t
   join notices n using (merchant_id, manual_cancellation_id)
   left join lateral (
     select json_agg(json_build_object('kind', r.kind,
         'name', case r.kind when 'webhook' then split_part(r.address, '/', 3) else coalesce(p.name, r.name, r.address) end,
         'heldUntil', case when s.ended_at is null and s.due_at > now() then s.due_at end,
         'state', coalesce(s.outcome, case when s.faults > 0 then 'failing' else 'waiting' end))
       order by s.ended_at, r.recipient_id) as list
     from notice_deliveries d
     join notice_messages s on s.merchant_id = d.merchant_id and s.message_id = d.message_id
     join notice_recipients r on r.merchant_id = d.merchant_id and r.recipient_id = d.recipient_id
     left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id
     where d.merchant_id = n.merchant_id and d.notice_id = n.notice_id
   ) told on true
   where t.merchant_id = $1 and t.payment_id = $2
   order by n.created_at, n.notice_id`,
);

/** Who was told what, for the history of a payment. */
@Injectable()
export class NoticeHistory {
  constructor(private readonly database: Database) {}

  async ofPayment(merchantId: string, paymentId: string): Promise<NoticeTold[]> {
    const rows = await this.database.run<NoticeRow>(selectTold, [merchantId, paymentId]);
    return rows.map((row) => ({
      noticeId: row.notice_id,
      event: row.event,
      at: row.created_at,
      deliveredAt: row.delivered_at,
      told: row.told,
    }));
  }
}

interface NoticeRow {
  readonly notice_id: string;
  readonly event: NoticeEvent;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
  readonly told: readonly Told[];
}
