-- Lexemes and their positions are packed already: to try to compress them takes a sixth of the time of storing them, and saves no page.
ALTER TABLE "article_lexemes" ALTER COLUMN "lexemes" SET STORAGE EXTERNAL;
