-- Many merchants: who they are, the credentials that VTEX sends for them, their accounts at the issuers with their secrets sealed, and
-- what is needed while one connects from VTEX's admin. The merchants of the settings have a row only where they own something here.

-- A merchant is known by its id only after its app key was looked up. No payment refers to it: the settings' merchants need no row.
create table merchants (
  merchant_id        text        not null,
  name               text        not null,
  is_test            boolean     not null,
  vtex_account       text,                  -- the store's name in links to VTEX's admin
  link_token_digest  bytea,                 -- SHA-256; null: it has none
  created_at         timestamptz not null default now(),
  constraint merchants_pk primary key (merchant_id),
  -- The accounts of a merchant are called by its id, and its sandbox accounts by its id and -sandbox.
  constraint merchants_merchant_id check (merchant_id ~ '^[a-z0-9-]{1,60}$' and merchant_id !~ '-sandbox$'),
  constraint merchants_of_settings check ((merchant_id <> 'default' or not is_test) and (merchant_id <> 'test-suite' or is_test)),
  constraint merchants_name_length check (char_length(name) between 1 and 100),
  constraint merchants_link_token_digest check (octet_length(link_token_digest) = 32)
);

-- What VTEX may send for a merchant. The slots are the promise «at most two at once», which is what a rotation needs.
create table merchant_credentials (
  merchant_id       text        not null,
  slot              smallint    not null,
  app_key_digest    bytea       not null,   -- SHA-256
  app_token_digest  bytea       not null,   -- SHA-256
  created_at        timestamptz not null default now(),
  constraint merchant_credentials_pk primary key (merchant_id, slot),
  constraint merchant_credentials_merchant foreign key (merchant_id) references merchants,
  constraint merchant_credentials_slot check (slot in (1, 2)),
  constraint merchant_credentials_digests check (octet_length(app_key_digest) = 32 and octet_length(app_token_digest) = 32),
  -- It is looked up before the merchant is known, so it names one merchant among all.
  constraint merchant_credentials_app_key_once unique (app_key_digest)
);

-- Never the same twice, so that an account that is deleted and made again is another one.
create sequence stored_versions;

-- One merchant's way to one issuer, in one environment. The settings are texts under the names that they have in the environment,
-- without the issuer's prefix.
create table issuer_accounts (
  merchant_id  text        not null,
  issuer       text        not null,
  sandbox      boolean     not null,
  base_url     text        not null,
  settings     jsonb       not null,        -- those that are no secrets
  secrets      jsonb       not null,        -- each sealed by itself: key id, iv, tag, ciphertext
  version      bigint      not null default nextval('stored_versions'),
  changed_at   timestamptz not null default now(),
  constraint issuer_accounts_pk primary key (merchant_id, issuer, sandbox),
  constraint issuer_accounts_merchant foreign key (merchant_id) references merchants,
  constraint issuer_accounts_settings check (jsonb_typeof(settings) = 'object' and jsonb_typeof(secrets) = 'object')
);

-- What gets fresh access tokens for one end user of an account. A refresh token may be good for one use only, hence the lease: two
-- processes that used it at the same time would lose it.
create table issuer_user_tokens (
  merchant_id       text        not null,
  issuer            text        not null,
  sandbox           boolean     not null,
  user_key          text        not null,
  refresh_token     jsonb       not null,   -- sealed
  version           bigint      not null default nextval('stored_versions'),
  refreshing_until  timestamptz,            -- until then one process alone uses it
  changed_at        timestamptz not null default now(),
  constraint issuer_user_tokens_pk primary key (merchant_id, issuer, sandbox, user_key),
  constraint issuer_user_tokens_merchant foreign key (merchant_id) references merchants,
  constraint issuer_user_tokens_user_key_length check (char_length(user_key) between 1 and 255),
  constraint issuer_user_tokens_sealed check (jsonb_typeof(refresh_token) = 'object')
);

-- What the operator gives a merchant, to prove on our page who it is. A new one takes the place of the old one.
create table connection_codes (
  merchant_id  text        not null,
  code_digest  bytea       not null,        -- SHA-256
  expires_at   timestamptz not null,
  constraint connection_codes_pk primary key (merchant_id),
  constraint connection_codes_merchant foreign key (merchant_id) references merchants,
  constraint connection_codes_digest check (octet_length(code_digest) = 32)
);

-- A connection that VTEX began: whose it is turns out only on our page, so nothing in it is a merchant's.
create table connection_tokens (
  token_digest  bytea       not null,       -- SHA-256
  return_url    text        not null,
  wrong_codes   smallint    not null default 0,
  expires_at    timestamptz not null,
  constraint connection_tokens_pk primary key (token_digest),
  constraint connection_tokens_digest check (octet_length(token_digest) = 32),
  constraint connection_tokens_wrong_codes check (wrong_codes between 0 and 5)
);

-- What VTEX exchanges, once, for a new app key and token.
create table authorization_codes (
  merchant_id  text        not null,
  code_digest  bytea       not null,        -- SHA-256
  expires_at   timestamptz not null,
  constraint authorization_codes_pk primary key (merchant_id, code_digest),
  constraint authorization_codes_merchant foreign key (merchant_id) references merchants,
  constraint authorization_codes_digest check (octet_length(code_digest) = 32)
);
