-- The head of the journal moves on and never back.
CREATE TRIGGER journal_head_grows BEFORE UPDATE ON journal_head
    FOR EACH ROW WHEN (NEW.tree_size < OLD.tree_size) EXECUTE FUNCTION journal_stands();
CREATE TRIGGER journal_head_stays BEFORE DELETE OR TRUNCATE ON journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION journal_stands();
