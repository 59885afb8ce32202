DROP TRIGGER journal_head_stays;
DROP TRIGGER journal_head_grows;
DROP TRIGGER journal_tiles_stand_once;
DROP TRIGGER journal_stands_once;
