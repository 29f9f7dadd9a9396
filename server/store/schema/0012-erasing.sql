-- A person who is erased takes along what was said of their certificates.
DROP TRIGGER certificates_remain;
CREATE TRIGGER certificates_remain BEFORE DELETE ON certificates
  WHEN NOT EXISTS (SELECT 1 FROM erased_members WHERE member = OLD.member)
BEGIN SELECT raise (ABORT, 'a certificate''s history is not deleted'); END;
