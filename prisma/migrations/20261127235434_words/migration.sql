-- CreateTable
CREATE TABLE "article_lexemes" (
    "article_id" UUID NOT NULL,
    "lexemes" tsvector NOT NULL,
    "length" INTEGER NOT NULL,

    CONSTRAINT "article_lexemes_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "lexeme" (
    "lexeme" TEXT NOT NULL,
    "articles" INTEGER NOT NULL,

    CONSTRAINT "lexeme_pkey" PRIMARY KEY ("lexeme")
);

-- CreateTable
CREATE TABLE "enrichment_task" (
    "id" BIGSERIAL NOT NULL,
    "article_id" UUID NOT NULL,
    "before" tsvector,

    CONSTRAINT "enrichment_task_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "article_lexemes_lexemes_idx" ON "article_lexemes" USING GIN ("lexemes");

-- CreateIndex
CREATE INDEX "enrichment_task_article_id_idx" ON "enrichment_task"("article_id");

-- AddForeignKey
ALTER TABLE "article_lexemes" ADD CONSTRAINT "article_lexemes_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Ranking reads the lexemes of many articles at once: they stay in the row, as they are, as long as it fits into a page.
ALTER TABLE "article_lexemes" SET (toast_tuple_target = 8160);

CREATE FUNCTION enrichment_of_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enrichment_task (article_id) SELECT article_id FROM added;
  RETURN NULL;
END $$;

CREATE FUNCTION enrichment_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enrichment_task (article_id, before) SELECT article_id, lexemes FROM replaced;
  RETURN NULL;
END $$;

CREATE TRIGGER enrichment_of_added AFTER INSERT ON "article_lexemes" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION enrichment_of_added();
CREATE TRIGGER enrichment_of_changed AFTER UPDATE ON "article_lexemes" REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION enrichment_of_changed();
CREATE TRIGGER enrichment_of_removed AFTER DELETE ON "article_lexemes" REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION enrichment_of_changed();
