-- Who hears of manual cancellations, by which channel and how often; and what was sent to whom, in which message.

create table notice_recipients (
  merchant_id      text        not null,
  recipient_id     uuid        not null default gen_random_uuid(),
  kind             text        not null,    -- notify-email: NOTIFY_EMAIL, for a merchant that has nobody else
  person_id        uuid,
  address          text,                    -- of an e-mail, or where a webhook goes
  name             text,                    -- what admins call a Slack channel
  slack_url        jsonb,                   -- sealed: whoever has it may post
  secret           jsonb,                   -- sealed, of a webhook
  old_secret       jsonb,                   -- signs too while a new one is taken up
  old_secret_until timestamptz,
  language         text,                    -- null: the person's or the merchant's
  events           text[]      not null,
  pace             text        not null default 'at-once',
  created_at       timestamptz not null default now(),
  removed_at       timestamptz,             -- kept for the history
  switched_off_at  timestamptz,             -- the other side said that it is gone
  faults_in_row    integer     not null default 0,
  wait_until       timestamptz,             -- after a fault nothing is sent before, and then one message first
  last_fault       text,
  last_delivered_at timestamptz,
  constraint notice_recipients_pk primary key (merchant_id, recipient_id),
  constraint notice_recipients_kind check (kind in ('person', 'email', 'slack', 'webhook', 'notify-email')),
  constraint notice_recipients_person foreign key (merchant_id, person_id) references people,
  constraint notice_recipients_person_once unique (merchant_id, person_id),
  constraint notice_recipients_is_whole check (
    (kind = 'person') = (person_id is not null) and (kind in ('email', 'webhook')) = (address is not null)
    and (kind = 'slack') = (slack_url is not null) and (kind = 'webhook') = (secret is not null)),
  constraint notice_recipients_old_secret check ((old_secret is null) = (old_secret_until is null)),
  constraint notice_recipients_address_length check (char_length(address) between 3 and 2000),
  constraint notice_recipients_name_length check (char_length(name) between 1 and 100),
  constraint notice_recipients_language check (language in ('en', 'pt-BR', 'es')),
  constraint notice_recipients_events check (events <@ array['manual_required', 'taken', 'resolved', 'not_needed']),
  constraint notice_recipients_pace check (pace in ('at-once', 'hour', 'day', 'off')),
  constraint notice_recipients_webhook_at_once check (kind <> 'webhook' or pace = 'at-once')
);
create unique index notice_recipients_address_once on notice_recipients (merchant_id, kind, address) where removed_at is null;
create unique index notice_recipients_one_notify_email on notice_recipients (merchant_id) where kind = 'notify-email';
create index notice_recipients_failing on notice_recipients (faults_in_row) where faults_in_row > 0;

-- What one recipient gets at once. It carries one notice, or many (a digest), or none (a test); its id stays its own for ever.
create table notice_messages (
  merchant_id   text        not null,
  message_id    uuid        not null,
  recipient_id  uuid        not null,
  kind          text        not null,
  due_at        timestamptz not null default now(),  -- until a digest is tried, notices are added to it
  next_try_at   timestamptz default now(),
  tries         integer     not null default 0,        -- begun
  faults        integer     not null default 0,        -- and failed
  last_fault    text,
  fell_back_at  timestamptz,                         -- its notices went to the next channel too
  ended_at      timestamptz,
  outcome       text,
  constraint notice_messages_pk primary key (merchant_id, message_id),
  constraint notice_messages_recipient foreign key (merchant_id, recipient_id) references notice_recipients,
  constraint notice_messages_kind check (kind in ('single', 'digest', 'test')),
  constraint notice_messages_open_has_next_try check ((ended_at is null) = (next_try_at is not null)),
  constraint notice_messages_outcome check (outcome in ('delivered', 'overtaken', 'dropped')),
  constraint notice_messages_ended_has_outcome check ((ended_at is null) = (outcome is null))
);
create unique index notice_messages_one_open_digest on notice_messages (merchant_id, recipient_id)
  where kind = 'digest' and tries = 0 and next_try_at is not null;
create index notice_messages_open on notice_messages (merchant_id, recipient_id, next_try_at) where next_try_at is not null;
create index notice_messages_by_time on notice_messages (merchant_id, recipient_id, due_at);

-- That a notice goes to a recipient, once.
create table notice_deliveries (
  merchant_id   text not null,
  notice_id     uuid not null,
  recipient_id  uuid not null,
  message_id    uuid not null,
  instead_of    uuid,                       -- the recipient that it could not be delivered to
  constraint notice_deliveries_pk primary key (merchant_id, notice_id, recipient_id),
  constraint notice_deliveries_notice foreign key (merchant_id, notice_id) references notices,
  constraint notice_deliveries_message foreign key (merchant_id, message_id) references notice_messages,
  constraint notice_deliveries_instead_of foreign key (merchant_id, instead_of) references notice_recipients
);
create index notice_deliveries_of_message on notice_deliveries (merchant_id, message_id);

-- The delivery log: the last tries of each recipient. Never a body.
create table notice_tries (
  merchant_id   text        not null,
  recipient_id  uuid        not null,
  try_no        bigint      not null generated always as identity,
  message_id    uuid        not null,
  at            timestamptz not null default now(),
  status        integer,                    -- HTTP's; null where there was no answer, and for e-mail
  ms            integer     not null,
  fault         text,                       -- null: delivered
  constraint notice_tries_pk primary key (merchant_id, recipient_id, try_no),
  constraint notice_tries_message foreign key (merchant_id, message_id) references notice_messages
);

-- A notice is spread over its recipients, and messages are what is tried.
drop index notices_open;
alter table notices
  add column spread_from timestamptz not null default now(),  -- until then it can be taken back
  add column spread_at timestamptz,
  drop constraint notices_open_has_next_try;
update notices set spread_at = delivered_at, spread_from = coalesce(next_try_at, created_at);
alter table notices
  drop column next_try_at,
  drop column tries,
  drop column last_fault,
  add constraint notices_delivered_after_spread check (delivered_at is null or spread_at is not null);
comment on column notices.delivered_at is 'when it first reached somebody, or nobody needed it any more';
create index notices_unspread on notices (merchant_id, spread_from) where spread_at is null;
create index notices_of_task on notices (merchant_id, manual_cancellation_id);
