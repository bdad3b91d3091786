-- Who works at a merchant's console, how they sign in, what they did there, and how a merchant's pages are written.

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
  last_sign_in_at  timestamptz,
  constraint people_pk primary key (merchant_id, person_id),
  constraint people_merchant foreign key (merchant_id) references merchants,
  constraint people_email_once unique (merchant_id, email),
  constraint people_email check (email = lower(email) and char_length(email) between 3 and 254),
  constraint people_name_length check (char_length(name) between 1 and 100),
  constraint people_role check (role in ('viewer', 'operator', 'admin')),
  constraint people_language check (language in ('en', 'pt-BR', 'es'))
);
-- A sign-in finds everybody with this address, before their merchants are known.
create index people_email on people (email);

-- A browser in which somebody is signed in. Its cookie names the merchant and holds a token, of which only the digest is here.
create table sessions (
  merchant_id   text        not null,
  token_digest  bytea       not null,       -- SHA-256
  person_id     uuid        not null,
  started_at    timestamptz not null default now(),
  idle_at       timestamptz not null,       -- it ends then, unless the person does something before
  ends_at       timestamptz not null,       -- whatever the person does
  constraint sessions_pk primary key (merchant_id, token_digest),
  constraint sessions_person foreign key (merchant_id, person_id) references people,
  constraint sessions_token_digest check (octet_length(token_digest) = 32),
  constraint sessions_limits check (idle_at <= ends_at)
);
create index sessions_person on sessions (merchant_id, person_id);

-- With it a person chooses a password, once. A new one takes the place of the old one.
create table one_time_links (
  merchant_id   text        not null,
  person_id     uuid        not null,
  token_digest  bytea       not null,       -- SHA-256
  ends_at       timestamptz not null,
  constraint one_time_links_pk primary key (merchant_id, person_id),
  constraint one_time_links_person foreign key (merchant_id, person_id) references people,
  constraint one_time_links_token_digest check (octet_length(token_digest) = 32)
);

-- How often somebody tried to sign in under an address, or from a network address. It holds nothing of a merchant's, because it counts for
-- addresses that nobody has just as well.
create table sign_in_tries (
  key_digest  bytea       not null,         -- SHA-256 of what is counted for
  tries       integer     not null,
  ends_at     timestamptz not null,         -- then it is counted anew
  constraint sign_in_tries_pk primary key (key_digest),
  constraint sign_in_tries_key_digest check (octet_length(key_digest) = 32),
  constraint sign_in_tries_count check (tries >= 0)
);

-- What people did that others may have to answer for. Never changed.
create table audit_entries (
  merchant_id  text        not null,
  entry_no     bigint      not null generated always as identity,
  at           timestamptz not null default clock_timestamp(),
  person_id    uuid,                        -- null: whoever runs the service, or the machine
  action       text        not null,
  subject      text,                        -- what it was done to, for people
  details      jsonb       not null default '{}',
  network      text,                        -- from where, cut to its network
  constraint audit_entries_pk primary key (merchant_id, entry_no),
  constraint audit_entries_merchant_id_length check (char_length(merchant_id) between 1 and 64),
  constraint audit_entries_person foreign key (merchant_id, person_id) references people,
  constraint audit_entries_action check (action ~ '^[a-z-]{1,60}$'),
  constraint audit_entries_subject_length check (char_length(subject) between 1 and 300),
  constraint audit_entries_details check (jsonb_typeof(details) = 'object')
);
