alter table notices drop column to_person_id;
