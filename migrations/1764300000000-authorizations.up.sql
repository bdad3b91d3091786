-- The rest of VTEX's protocol: what a payment was created with, what each settle and refund was answered, and what VTEX must be told by
-- a call of ours. Nothing of a card, a shopper or an address has a column.

-- What VTEX created a payment with, as far as it is needed again, and what it was answered. The status is not kept: a cancellation makes
-- it denied, else a link makes it approved, else it is undefined.
create table authorizations (
  merchant_id                             text        not null,
  payment_id                              text        not null,
  authorization_id                        text        not null,
  tid                                     text        not null,
  value                                   numeric,               -- in currency units, as VTEX sent it
  currency                                text,
  payment_method                          text,
  transaction_id                          text,
  reference                               text,                  -- the order's, at VTEX
  issuer_choice                           text,                  -- the issuer that the merchant chose in VTEX's settings
  callback_url                            text,                  -- a secret: VTEX's signature stands in it
  delay_to_cancel_s                       integer     not null,  -- as answered the first time: VTEX runs every plan it was ever given
  delay_to_auto_settle_s                  integer     not null,
  delay_to_auto_settle_after_antifraud_s  integer     not null,
  script                                  text,                  -- of VTEX's Test Suite, for a merchant made for it
  script_final_at                         timestamptz,           -- until then a scripted payment is undefined
  approved_body                           text,                  -- the exact bytes, from the moment they are first given
  denied_body                             text,
  created_at                              timestamptz not null default now(),
  constraint authorizations_pk primary key (merchant_id, payment_id),
  constraint authorizations_payment foreign key (merchant_id, payment_id) references payments,
  constraint authorizations_tid unique (merchant_id, tid),
  constraint authorizations_value_not_negative check (value >= 0),
  constraint authorizations_script check
    (script in ('approved', 'denied', 'approved-later', 'denied-later', 'bank-slip', 'redirect')),
  constraint authorizations_script_later check
    ((coalesce(script, 'approved') not in ('approved', 'denied')) = (script_final_at is not null))
);

-- One settle or refund of VTEX's with a final answer, however often it was sent.
create table operation_requests (
  merchant_id    text        not null,
  payment_id     text        not null,
  operation      text        not null,
  request_id     text        not null,
  value          numeric,                -- in currency units, as VTEX sent it
  answer_status  smallint    not null,
  answer_body    text        not null,   -- the exact bytes, as UTF-8 text
  answered_at    timestamptz not null default now(),
  constraint operation_requests_pk primary key (merchant_id, payment_id, operation, request_id),
  constraint operation_requests_payment foreign key (merchant_id, payment_id) references payments,
  constraint operation_requests_operation check (operation in ('settle', 'refund')),
  constraint operation_requests_request_id_length check (char_length(request_id) between 1 and 255)
);

-- A settlement is one per payment: its id is made once, with its time.
alter table payments
  add column settle_id text,
  add constraint payments_settled_has_id check ((settle_id is null) = (settled_at is null));

-- Calls to VTEX that say what became of a payment it was told to wait for: written in the transaction that decides, sent afterwards.
create table vtex_calls (
  merchant_id   text        not null,
  payment_id    text        not null,
  status        text        not null,
  created_at    timestamptz not null default now(),
  next_try_at   timestamptz default now(),
  tries         integer     not null default 0,
  last_fault    text,
  delivered_at  timestamptz,
  dropped_at    timestamptz,
  drop_reason   text,
  constraint vtex_calls_pk primary key (merchant_id, payment_id, status),
  constraint vtex_calls_authorization foreign key (merchant_id, payment_id) references authorizations,
  constraint vtex_calls_status check (status in ('approved', 'denied')),
  constraint vtex_calls_one_end check (delivered_at is null or dropped_at is null),
  constraint vtex_calls_open_has_next_try
    check ((delivered_at is null and dropped_at is null) = (next_try_at is not null)),
  constraint vtex_calls_dropped_has_reason check ((dropped_at is null) = (drop_reason is null)),
  constraint vtex_calls_drop_reason check (drop_reason in ('cancelled', 'answered', 'given-up'))
);
create index vtex_calls_open on vtex_calls (next_try_at) where next_try_at is not null;
