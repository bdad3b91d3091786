-- Whom a task was handed to by somebody else hears of it, whatever they want to hear of besides.
alter table notices
  add column to_person_id uuid,
  add constraint notices_to_person foreign key (merchant_id, to_person_id) references people,
  add constraint notices_only_taken_to_person check (to_person_id is null or event = 'taken');
