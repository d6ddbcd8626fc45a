-- What the person had before them when they asked, as the engine keeps it.
ALTER TABLE messages ADD COLUMN context TEXT;
