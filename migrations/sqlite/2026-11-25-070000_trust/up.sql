-- REPLACE deletes without asking the triggers of DELETE, so that an entry is not replaced either. The head
-- of the journal moves on and never back.
CREATE TRIGGER journal_stands_once BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_tiles_stand_once BEFORE INSERT ON journal_tiles
    WHEN EXISTS (SELECT 1 FROM journal_tiles WHERE level = NEW.level AND position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_head_grows BEFORE UPDATE ON journal_head WHEN NEW.tree_size < OLD.tree_size
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
