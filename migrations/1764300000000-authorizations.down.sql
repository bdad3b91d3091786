drop table vtex_calls;
alter table payments drop constraint payments_settled_has_id, drop column settle_id;
drop table operation_requests;
drop table authorizations;
