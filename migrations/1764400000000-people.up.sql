-- Who works at a merchant's console, how they sign in, and how a merchant's pages are written.

alter table merchants
  add column language text,                 -- of pages and mails where nobody said otherwise; null: the browser's
  add column time_zone text,                -- an IANA name; null: the service's
  add constraint merchants_language check (language in ('en', 'pt-BR', 'es'));

-- A person belongs to one merchant. The same address may be known at another one: that is another person, of whom this one hears nothing.
create table people (
  merchant_id      text        not null,
  person_id        uuid        not null default gen_random_uuid(),
  email            text        not null,    -- in lower case
  name             text        not null,
  role             text        not null,
  language         text,                    -- null: the merchant's
  password_hash    text,                    -- scrypt with its parameters and salt; null: not chosen yet
  created_at       timestamptz not null default now(),
  disabled_at      timestamptz,             -- kept for the history, and lets nobody in
  constraint people_pk primary key (merchant_id, person_id),
  constraint people_merchant foreign key (merchant_id) references merchants,
  constraint people_email_once unique (merchant_id, email),
  constraint people_email check (email = lower(email) and char_length(email) between 3 and 254),
  constraint people_name_length check (char_length(name) between 1 and 100),
  constraint people_role check (role in ('viewer', 'operator', 'admin')),
  constraint people_language check (language in ('en', 'pt-BR', 'es'))
);
