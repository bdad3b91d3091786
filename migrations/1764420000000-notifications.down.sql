alter table notices add column next_try_at timestamptz, add column tries integer not null default 0, add column last_fault text;
update notices set next_try_at = greatest(now(), spread_from) where delivered_at is null;
drop index notices_unspread, notices_of_task;
alter table notices
  drop constraint notices_delivered_after_spread,
  drop column spread_at,
  drop column spread_from,
  alter column next_try_at set default now(),
  add constraint notices_open_has_next_try check ((delivered_at is null) = (next_try_at is not null));
create index notices_open on notices (next_try_at) where delivered_at is null;
drop table notice_tries, notice_deliveries, notice_messages, notice_recipients;
