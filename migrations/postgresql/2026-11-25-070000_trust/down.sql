DROP TRIGGER journal_head_stays ON journal_head;
DROP TRIGGER journal_head_grows ON journal_head;
