CREATE SEQUENCE "article_lexemes_batch";

ALTER TABLE "article_lexemes" ADD COLUMN "batch" INTEGER[] NOT NULL DEFAULT ARRAY[((nextval('article_lexemes_batch'::regclass) >> 10))::integer];

-- DropIndex
DROP INDEX "article_lexemes_lexemes_idx";

-- CreateIndex
CREATE INDEX "article_lexemes_lexemes_batch_idx" ON "article_lexemes" USING GIN ("lexemes", "batch");

-- Byte by byte: it is the quickest, and what begins alike stands together, whatever the database's own order. Rows of it change again and
-- again, and stay in their place.
ALTER TABLE "lexeme" ALTER COLUMN "lexeme" TYPE TEXT COLLATE "C";
ALTER TABLE "lexeme" SET (fillfactor = 70);
