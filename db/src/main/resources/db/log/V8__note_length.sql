-- Notes.TEXT_CHARS: PostgreSQL counts code points, as the service does. Notes that an earlier version imported may be longer.
ALTER TABLE note ADD CONSTRAINT note_text_length CHECK (char_length(text) <= 4000) NOT VALID;
