drop table audit_entries;
drop table sign_in_tries;
drop table one_time_links;
drop table sessions;
drop table people;
alter table merchants drop column language, drop column time_zone;
