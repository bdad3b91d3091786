import { Injectable } from '@nestjs/common';
import { Database, statement } from '../../database.js';
import type { ManualReason } from '../../manual-cancellations/manual-reason.js';

/** How many cancellations went which way. */
export interface Ways {
  /** The first answer proved it, or there was no card. */
  readonly automatic: number;
  /** It took more than one cancel, a query, a callback, or a wait. */
  readonly retried: number;
  /** A person was asked to do it, also where a late proof made that unnecessary. */
  readonly manual: number;
  /** Neither so far. */
  readonly open: number;
}

export interface DayWays extends Ways {
  /** `2026-11-21`, in the merchant's time zone: when VTEX asked. */
  readonly day: string;
}

export interface IssuerWays extends Ways {
  /** Null: nothing tells which, or there was no card. */
  readonly issuer: string | null;
}

export interface ReasonCount {
  readonly reason: ManualReason;
  readonly issuer: string | null;
  readonly count: number;
  /** In the days before. */
  readonly before: number;
}

/** How long people took, of those that came in these days and that they ended. */
export interface Resolution {
  readonly count: number;
  readonly resolved: number;
  /** Null: none was ended. */
  readonly medianMs: number | null;
  readonly most90Ms: number | null;
}

export interface Overview {
  /** The last 30 days, the oldest first. */
  readonly days: readonly DayWays[];
  /** Of all these days. */
  readonly total: Ways;
  /** Of the 30 days before. */
  readonly before: Ways;
  readonly issuers: readonly IssuerWays[];
  readonly reasons: readonly ReasonCount[];
  readonly resolution: Resolution;
  readonly resolutionBefore: Resolution;
  /** At this moment. */
  readonly overdue: number;
}

export const DAYS = 30;

/** A merchant's sandbox payments are few, so that they are looked up and not each payment's environment. */
const isOfEnvironment = (row: string) =>
  `(${row}.payment_id in (select s.payment_id from payments s where s.merchant_id = $1 and s.sandbox)) = $3`;

/** The beginning of a day in the merchant's time zone, so many days ago. As a query of its own, so that it is found once and not for each row. */
const dayBegins = (daysAgo: number) =>
  `(select (date_trunc('day', now() at time zone $2) - interval '${daysAgo} days') at time zone $2)`;

/**
 * A row that a person was asked for keeps its reason whatever came after. Each change counts up its version: the claim makes it 1, and a proof
 * in the very first answer 2.
 *
 * The days are found by the moments at which they begin: to tell each row's day by the time zone's rules takes longer than all the rest.
 */
const countWays = statement(
  'count-ways-by-day',
  `with day as (
     select array(select d at time zone $2 from generate_series(
              date_trunc('day', now() at time zone $2) - interval '${2 * DAYS - 1} days', date_trunc('day', now() at time zone $2),
              interval '1 day') as d order by d) as begins
   ), way as (
     select width_bucket(c.claimed_at, (select begins from day)) as day_no, c.issuer,
            count(*) filter (where c.reason is not null) as manual,
            count(*) filter (where c.reason is null and c.state <> 'cancelled') as open,
            count(*) filter (where c.reason is null and c.state = 'cancelled') as cancelled,
            count(*) filter (where c.reason is null and c.state = 'cancelled' and c.version <= 2 and c.proof in ('answer', 'never-linked'))
              as automatic
     from cancellations c
     where c.merchant_id = $1 and c.claimed_at >= (select begins[1] from day) and ${isOfEnvironment('c')}
     group by 1, 2
   )
   select to_char(d.begins at time zone $2, 'YYYY-MM-DD') as day, w.issuer, coalesce(w.automatic, 0)::int as automatic,
          coalesce(w.cancelled - w.automatic, 0)::int as retried, coalesce(w.manual, 0)::int as manual, coalesce(w.open, 0)::int as open
   from day, unnest(day.begins) with ordinality as d (begins, day_no)
   left join way w on w.day_no = d.day_no
   order by d.day_no, w.issuer`,
);

const countReasons = statement(
  'count-manual-reasons',
  `select m.reason, m.issuer, count(*) filter (where m.opened_at >= ${dayBegins(DAYS - 1)})::int as count,
          count(*) filter (where m.opened_at < ${dayBegins(DAYS - 1)})::int as before
   from manual_cancellations m
   where m.merchant_id = $1 and m.opened_at >= ${dayBegins(2 * DAYS - 1)} and ${isOfEnvironment('m')}
   group by m.reason, m.issuer order by count desc, before desc, m.reason, m.issuer`,
);

const measureResolution = statement(
  'measure-resolution',
  `select m.opened_at < ${dayBegins(DAYS - 1)} as is_before, count(*)::int as count,
          count(*) filter (where m.state = 'resolved')::int as resolved,
          percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from m.closed_at - m.opened_at)::float8)
            filter (where m.state = 'resolved') as seconds
   from manual_cancellations m
   where m.merchant_id = $1 and m.opened_at >= ${dayBegins(2 * DAYS - 1)} and ${isOfEnvironment('m')}
   group by 1`,
);

const countOverdue = statement(
  'count-overdue-manual-cancellations',
  `select count(*)::int as overdue from manual_cancellations m
   where m.merchant_id = $1 and m.state in ('open', 'taken') and m.due_at < now()
     and (m.payment_id in (select s.payment_id from payments s where s.merchant_id = $1 and s.sandbox)) = $2`,
);

/** What became of a merchant's cancellations in the last 30 days. */
@Injectable()
export class Overviews {
  constructor(private readonly database: Database) {}

  /** @param timeZone an IANA name: the days are the merchant's */
  async of(merchantId: string, timeZone: string, sandbox: boolean): Promise<Overview> {
    const values = [merchantId, timeZone, sandbox];
    const [ways, reasons, resolutions, [overdue]] = await Promise.all([
      this.database.run<WayRow>(countWays, values),
      this.database.run<ReasonCount>(countReasons, values),
      this.database.run<ResolutionRow>(measureResolution, values),
      this.database.run<{ overdue: number }>(countOverdue, [merchantId, sandbox]),
    ]);
    const names = [...new Set(ways.map(({ day }) => day))];
    const days = names.map((name) => ({ day: name, ...sumOf(ways.filter(({ day }) => day === name)) }));
    const first = names.at(-DAYS) ?? '';
    const recent = ways.filter(({ day }) => day >= first);
    return {
      days: days.slice(-DAYS),
      total: sumOf(recent),
      before: sumOf(ways.filter(({ day }) => day < first)),
      issuers: issuersIn(recent),
      reasons,
      resolution: readResolution(resolutions.find((row) => !row.is_before)),
      resolutionBefore: readResolution(resolutions.find((row) => row.is_before)),
      overdue: overdue?.overdue ?? 0,
    };
  }
}

interface WayRow extends DayWays {
  readonly issuer: string | null;
}

interface ResolutionRow {
  readonly is_before: boolean;
  readonly count: number;
  readonly resolved: number;
  readonly seconds: readonly [median: number, most90: number] | null;
}

const sumOf = (rows: readonly Ways[]): Ways => ({
  automatic: rows.reduce((sum, { automatic }) => sum + automatic, 0),
  retried: rows.reduce((sum, { retried }) => sum + retried, 0),
  manual: rows.reduce((sum, { manual }) => sum + manual, 0),
  open: rows.reduce((sum, { open }) => sum + open, 0),
});

/** All of them, finished or not. */
export const countOf = ({ automatic, retried, manual, open }: Ways): number => automatic + retried + manual + open;

function issuersIn(rows: readonly WayRow[]): IssuerWays[] {
  const names = [...new Set(rows.map(({ issuer }) => issuer))];
  return names
    .map((name) => ({ issuer: name, ...sumOf(rows.filter(({ issuer }) => issuer === name)) }))
    .filter((ways) => countOf(ways) > 0)
    .sort((a, b) => countOf(b) - countOf(a));
}

const readResolution = (row: ResolutionRow | undefined): Resolution => ({
  count: row?.count ?? 0,
  resolved: row?.resolved ?? 0,
  medianMs: row?.seconds ? row.seconds[0] * 1_000 : null,
  most90Ms: row?.seconds ? row.seconds[1] * 1_000 : null,
});
