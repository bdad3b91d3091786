drop table people;
alter table merchants drop column language, drop column time_zone;
